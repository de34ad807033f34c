"""Bodies and views of suppressions."""

from typing import Annotated
from uuid import UUID

from common.addresses import EmailAddress
from common.http.schemas import Body, PersonRefView, Time, View
from common.suppressed_addresses import MANUAL
from common.text import OneLine


class NewSuppression(Body):
    """An address to suppress, with the reason that staff see, by default `manual`. Emails that keep an account
    safe, such as password resets, are sent nevertheless, unless `includes_security_emails` is true."""

    email: EmailAddress
    reason: Annotated[str, OneLine(500)] = MANUAL
    includes_security_emails: bool = False


class SuppressionView(View):
    """An address to which only security emails are sent or, with `includes_security_emails`, none at all. `added_by` is
    null, and `reason` is `permanent_failure`, where the mail server reported that there is no such mailbox."""

    id: UUID
    email: str
    reason: str
    includes_security_emails: bool = False
    added_by: PersonRefView | None
    added_at: Time
    version: int
