"""A mail as the ledger keeps it."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal, Self, cast
from uuid import UUID

from beanie.odm.utils.parsing import parse_obj
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument

from common import clock
from common.errors import Conflict
from common.events import Actor, Envelope
from common.events.mailer import EmailFailed, EmailRetried, EmailSent, EmailSuppressed
from common.events.notifications import EmailRequested, Kind, Recipient
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX

Status = Literal["queued", "sending", "sent", "failed", "suppressed"]
WAITING: tuple[Status, ...] = ("queued", "sending")
RETRIED: tuple[Status, ...] = ("failed", "suppressed")
"""What an admin can have tried again."""

Suppressed = Literal["address_suppressed", "link_expired"]

_LISTED = [("created_at", DESCENDING), ("_id", DESCENDING)]


def address_key(address: str) -> str:
    """What makes two addresses the same: their letters, whatever the case."""
    return address.strip().casefold()


class Mail(Aggregate):
    """`due_at`: when a queued mail may be tried, and when one that is being sent may be taken from a replica that died.
    `attempts` counts all there were, `attempts_before` those before an admin had it tried again.

    Its id follows from the notification that asked for it, so one request is one mail.
    """

    recipient: Recipient
    address: str
    domain: str
    template: Kind
    context: dict[str, Any]
    ticket_id: UUID | None
    ticket_number: int | None
    sealed_token: str | None = Field(default=None, repr=False)
    expires_at: datetime | None = None
    unsubscribe_token: str | None = Field(default=None, repr=False)
    message_id: str
    status: Status = "queued"
    attempts: int = 0
    attempts_before: int = 0
    due_at: datetime
    last_error: str | None = None
    created_at: datetime
    sent_at: datetime | None = None
    traceparent: str | None = None

    class Settings(Aggregate.Settings):
        name = "mails"
        indexes = [
            IndexModel([("due_at", ASCENDING)], name="due", partialFilterExpression={"status": {"$in": list(WAITING)}}),
            IndexModel([("organisation_id", ASCENDING), *_LISTED]),
            *(
                IndexModel([("organisation_id", ASCENDING), (field, ASCENDING), *_LISTED])
                for field in ("status", "address", "template", "ticket_id")
            ),
            OUTBOX_INDEX,
        ]

    @classmethod
    def requested(cls, event: EmailRequested, envelope: Envelope, *, domain: str, traceparent: str | None) -> Self:
        """Owed from now on. Id and `Message-ID` (RFC 5322 section 3.6.4) follow from the notification that asks, which
        follows from the event it tells of and the person: however often it is asked for, it is the same mail."""
        now = clock.now()
        address = address_key(event.recipient.email)
        return cls(
            id=derived_id("mail", envelope.aggregate_id),
            organisation_id=envelope.organisation_id,
            recipient=event.recipient,
            address=address,
            domain=address.rpartition("@")[2],
            template=event.template,
            context=dict(event.context),
            ticket_id=event.ticket_id,
            ticket_number=event.ticket_number,
            sealed_token=event.sealed_token,
            expires_at=event.expires_at,
            unsubscribe_token=event.unsubscribe_token,
            message_id=f"<{envelope.aggregate_id}@{domain}>",
            due_at=now,
            created_at=now,
            traceparent=traceparent,
        )

    @classmethod
    async def claim_next(cls, seconds: float, *, but_not_to: Collection[str] = ()) -> Self | None:
        """The mail that has been due for longest, claimed; None where none is. Of two replicas one gets it."""
        now = clock.now()
        due: dict[str, Any] = {"status": {"$in": list(WAITING)}, "due_at": {"$lte": now}}
        if but_not_to:
            due["domain"] = {"$nin": list(but_not_to)}
        found = await cls.get_pymongo_collection().find_one_and_update(
            due,
            {"$set": {"status": "sending", "due_at": now + timedelta(seconds=seconds)}, "$inc": {"version": 1}},
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
            hint="due",
        )
        return cast("Self", parse_obj(cls, found)) if found is not None else None

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
        attempts = self.attempts - self.attempts_before
        if attempts >= len(delays):
            self.refused(reason)
            return
        self.due_at = clock.now() + timedelta(seconds=delays[attempts])
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
        """It was not tried: no server was reached, or its domain gets no more for the moment. That says nothing about
        the mail, and is no attempt."""
        self.status = "queued"
        self.due_at = clock.now() + timedelta(seconds=seconds)
        self.last_error = reason

    @property
    def is_expired(self) -> bool:
        """Whether its link no longer works: nobody would have any use for it."""
        return self.expires_at is not None and self.expires_at <= clock.now()

    def suppressed(self, reason: Suppressed) -> None:
        """It is not sent, on purpose."""
        self.status = "suppressed"
        self.last_error = reason
        self.record(
            EmailSuppressed(recipient_id=self.recipient.id, message_id=self.message_id, reason=reason), actor=None
        )

    def retry(self, by: Actor) -> None:
        """From now on as if it had just been asked for, and still the same mail. Raises Conflict."""
        if self.status not in RETRIED:
            raise Conflict(f"It is {self.status}: only a mail that failed or was suppressed can be tried again.")
        if self.is_expired:
            raise Conflict("Its link has expired: nobody would have any use for it.", code="link_expired")
        self.status = "queued"
        self.due_at = clock.now()
        self.attempts_before = self.attempts
        self.record(EmailRetried(recipient_id=self.recipient.id, message_id=self.message_id), by)
