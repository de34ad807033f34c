"""What crosses the wire about mails."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query
from pydantic import AwareDatetime, BaseModel

from common.events.notifications import Kind
from common.http.schemas import Time, View
from mailer.mail.document import Status


class RecipientView(BaseModel):
    """Whom it is to."""

    id: UUID
    email: str
    name: str


class MailView(View):
    """A mail of the ledger. `due_at` is when it is tried next, while it waits; `last_error` what the server said, or
    why it was suppressed. What it says is not shown: it may hold a secret link."""

    id: UUID
    status: Status
    recipient: RecipientView
    template: Kind
    ticket_id: UUID | None
    ticket_number: int | None
    message_id: str
    attempts: int
    last_error: str | None
    created_at: Time
    due_at: Time
    sent_at: Time | None
    version: int


@dataclass(frozen=True)
class MailFilter:
    """Which mails: all, or those for which everything given holds. Asked for at `since` or later, and before
    `until`."""

    status: Status | None = None
    recipient: str | None = None
    template: Kind | None = None
    ticket_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


async def _wanted(
    status: Status | None = None,
    recipient: Annotated[str | None, Query(max_length=254, description="An address, whatever its case.")] = None,
    template: Kind | None = None,
    ticket_id: UUID | None = None,
    since: Annotated[AwareDatetime | None, Query(description="Asked for at this time or later.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Asked for before this time.")] = None,
) -> MailFilter:
    return MailFilter(status, recipient, template, ticket_id, since, until)


WantedMails = Annotated[MailFilter, Depends(_wanted)]
