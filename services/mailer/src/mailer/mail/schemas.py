"""Views and filters of the outbox."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from common.events import OpenWord
from common.http.paging import PageParameters
from common.http.schemas import Body, Time, View
from common.notification_kinds import KindName
from common.times import UtcTime
from mailer.mail.document import Status


class RecipientView(BaseModel):
    """The person an email goes to."""

    id: UUID
    email: str
    name: str


class MailView(View):
    """An outgoing email; later versions may add kinds and statuses. `due_at` is the time of the next attempt, null if
    there is none; `last_error` is the SMTP server's answer or the reason of the suppression. With
    `address_suppressed` the address was on the suppression list at the last attempt; only security emails are sent
    nevertheless. The content is not shown: it may hold a secret link.

    An email is `unknown` if the connection was lost after its content was sent and before the server's answer: it may
    have arrived. It is sent once more at `due_at`, with the same Message-ID."""

    id: UUID
    status: OpenWord
    recipient: RecipientView
    kind: OpenWord
    ticket_id: UUID | None
    ticket_number: int | None
    message_id: str
    attempts: int
    last_error: str | None
    address_suppressed: bool = False
    created_at: Time
    due_at: Time | None
    sent_at: Time | None
    version: int


class MailConditions(PageParameters):
    """All given conditions must hold."""

    recipient: Annotated[str | None, Field(max_length=254, description="An address, in any spelling.")] = None
    kind: KindName | None = None
    ticket_id: UUID | None = None
    since: Annotated[UtcTime | None, Field(description="Requested at this time or later.")] = None
    until: Annotated[UtcTime | None, Field(description="Requested before this time.")] = None


class MailFilter(MailConditions):
    """Which emails a list shows."""

    status: Status | None = None


class FailedMailFilter(MailConditions, Body):
    """Which failed emails to send again, newest first: at most `limit`, from `cursor` on."""


class RetriedMails(BaseModel):
    """What a step did. `skipped` were not queued, because their link has expired or they are no longer failed. The next
    step begins at `next_cursor`; null if there is none."""

    retried: int
    skipped: int
    next_cursor: str | None
