"""Bodies and views of suppressions."""

from typing import Annotated
from uuid import UUID

from common.addresses import EmailAddress
from common.http.schemas import Body, PersonRefView, Time, View
from common.text import OneLine


class NewSuppression(Body):
    """An address to suppress, with the reason shown in the list."""

    email: EmailAddress
    reason: Annotated[str, OneLine(500)] = "added by hand"


class SuppressionView(View):
    """An address that no email is sent to. `added_by` is null, and `reason` is `permanent_failure`, where the mail
    server reported that there is no such mailbox."""

    id: UUID
    email: str
    reason: str
    added_by: PersonRefView | None
    added_at: Time
    version: int
