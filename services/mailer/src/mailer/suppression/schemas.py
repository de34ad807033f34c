"""What crosses the wire about suppressions."""

from typing import Annotated
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, StringConstraints

from common.http.schemas import Body, Time, View


def _valid_email(typed: str) -> str:
    try:
        validate_email(typed, check_deliverability=False)
    except EmailNotValidError as error:
        raise ValueError(str(error)) from None
    return typed


class NewSuppression(Body):
    """`reason` is for those who look at the list later."""

    email: Annotated[str, StringConstraints(max_length=254), AfterValidator(_valid_email)]
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
