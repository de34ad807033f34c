"""What crosses the wire about suppressions."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, StringConstraints

from common.http.schemas import Body, Email, Time, View


class NewSuppression(Body):
    """`reason` is for those who look at the list later."""

    email: Email
    reason: Annotated[str, StringConstraints(min_length=1, max_length=500)] = "added by hand"


class PersonView(BaseModel):
    """Somebody, as others see them."""

    id: UUID
    name: str


class SuppressionView(View):
    """An address that nothing is sent to."""

    id: UUID
    email: str
    reason: str
    added_by: PersonView
    added_at: Time
    version: int
