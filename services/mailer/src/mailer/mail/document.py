"""A mail as the ledger keeps it."""

from datetime import datetime, timedelta
from typing import Any, Literal, Self
from uuid import UUID

from pymongo import ASCENDING, DESCENDING, IndexModel

from common import clock
from common.events import Envelope
from common.events.mailer import EmailFailed, EmailSent
from common.events.notifications import EmailRequested, Kind, Recipient
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX

Status = Literal["queued", "sending", "sent", "failed"]
WAITING: tuple[Status, ...] = ("queued", "sending")


class Mail(Aggregate):
    """`due_at`: when a queued mail may be tried, and when one that is being sent may be taken from a replica that died.

    Its id follows from the notification that asked for it, so one request is one mail.
    """

    recipient: Recipient
    template: Kind
    context: dict[str, Any]
    ticket_id: UUID | None
    ticket_number: int | None
    message_id: str
    status: Status = "queued"
    attempts: int = 0
    due_at: datetime
    last_error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None
    traceparent: str | None = None

    class Settings(Aggregate.Settings):
        name = "mails"
        indexes = [
            IndexModel([("due_at", ASCENDING)], name="due", partialFilterExpression={"status": {"$in": list(WAITING)}}),
            IndexModel([("organisation_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
            OUTBOX_INDEX,
        ]

    @classmethod
    def requested(cls, event: EmailRequested, envelope: Envelope, *, domain: str, traceparent: str | None) -> Self:
        """Owed from now on. Id and `Message-ID` (RFC 5322 section 3.6.4) follow from the notification that asks, which
        follows from the event it tells of and the person: however often it is asked for, it is the same mail."""
        now = clock.now()
        return cls(
            id=derived_id("mail", envelope.aggregate_id),
            organisation_id=envelope.organisation_id,
            recipient=event.recipient,
            template=event.template,
            context=event.context,
            ticket_id=event.ticket_id,
            ticket_number=event.ticket_number,
            message_id=f"<{envelope.aggregate_id}@{domain}>",
            due_at=now,
            created_at=now,
            traceparent=traceparent,
        )

    def claim(self, seconds: float) -> None:
        """This replica is sending it, and has so long to say what came of it."""
        self.status = "sending"
        self.due_at = clock.now() + timedelta(seconds=seconds)

    def sent(self) -> None:
        """The server took it."""
        self.status = "sent"
        self.attempts += 1
        self.sent_at = clock.now()
        self.last_error = None
        self.record(
            EmailSent(recipient_id=self.recipient.id, message_id=self.message_id, attempts=self.attempts), actor=None
        )

    def refused_for_now(self, reason: str, delays: list[float]) -> None:
        """The server may take it later; after the last delay it has failed."""
        if self.attempts >= len(delays):
            self.refused(reason)
            return
        self.due_at = clock.now() + timedelta(seconds=delays[self.attempts])
        self.status = "queued"
        self.attempts += 1
        self.last_error = reason

    def refused(self, reason: str) -> None:
        """The server will never take it."""
        self.status = "failed"
        self.attempts += 1
        self.last_error = reason
        self.record(
            EmailFailed(
                recipient_id=self.recipient.id, message_id=self.message_id, attempts=self.attempts, reason=reason
            ),
            actor=None,
        )

    def postponed(self, reason: str, seconds: float) -> None:
        """No server was reached: that says nothing about the mail, and is no attempt."""
        self.status = "queued"
        self.due_at = clock.now() + timedelta(seconds=seconds)
        self.last_error = reason
