"""An outgoing email as stored."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Self, cast
from uuid import UUID

from beanie.odm.utils.parsing import parse_obj
from pydantic import Field
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument

from common import clock
from common.addresses import address_key, domain_of
from common.audiences import Audience
from common.errors import Conflict
from common.events import Actor, Envelope, OpenWord
from common.events.mailer import EmailFailed, EmailRetried, EmailSent, EmailSuppressed
from common.events.notifications import EmailRequested, Recipient
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from common.secret_links import LinkBinding, SecretLink

Status = Literal["queued", "sending", "sent", "failed", "suppressed"]
PENDING: tuple[Status, ...] = ("queued", "sending")
RETRYABLE: tuple[Status, ...] = ("failed", "suppressed")

SuppressionReason = Literal["address_suppressed", "link_expired", "superseded"]

_NEWEST_FIRST = [("created_at", DESCENDING), ("_id", DESCENDING)]


class Mail(Aggregate):
    """`due_at` is the time of the next attempt of a queued mail, and the end of the claim on one that is being sent.
    `attempts` counts all attempts, `attempts_before` those before an admin's retry.

    The id is derived from the request, so one request is one mail.
    """

    recipient: Recipient
    address: str
    domain: str
    kind: OpenWord
    audience: OpenWord
    context: dict[str, Any]
    actor_name: str | None = None
    ticket_id: UUID | None = None
    ticket_number: int | None = None
    ticket_title: str | None = None
    sealed_link: str | None = Field(default=None, repr=False)
    """The link with a secret, encrypted. The email goes to the address inside it; `recipient` is for lists and
    limits."""
    expires_at: datetime | None = None
    unsubscribe_token: str | None = Field(default=None, repr=False)
    message_id: str
    status: OpenWord = "queued"
    attempts: int = 0
    attempts_before: int = 0
    due_at: datetime
    last_error: str | None = None
    bundled: bool = False
    """Whether it stands for several mails about its ticket."""
    counted: bool = False
    """Whether it is counted as one of the mails about its ticket in an hour."""
    address_suppressed: bool = False
    """Whether its address was on the suppression list at the last attempt."""
    created_at: datetime
    sent_at: datetime | None = None
    traceparent: str | None = None

    class Settings(Aggregate.Settings):
        name = "mails"
        indexes = [
            IndexModel([("due_at", ASCENDING)], name="due", partialFilterExpression={"status": {"$in": list(PENDING)}}),
            IndexModel([("organisation_id", ASCENDING), *_NEWEST_FIRST]),
            *(
                IndexModel([("organisation_id", ASCENDING), (field, ASCENDING), *_NEWEST_FIRST])
                for field in ("status", "address", "kind", "ticket_id")
            ),
            IndexModel(
                [("ticket_id", ASCENDING), ("recipient.id", ASCENDING), ("created_at", ASCENDING)],
                name="bundled",
                partialFilterExpression={"bundled": True},
            ),
            OUTBOX_INDEX,
        ]

    @classmethod
    def of(cls, event: EmailRequested, envelope: Envelope, *, domain: str, traceparent: str | None) -> Self:
        """A new entry for a notification."""
        return cls._new(envelope.aggregate_id, envelope, dict(event), domain, traceparent)

    @classmethod
    def of_link(
        cls, link: SecretLink, sealed_link: str, envelope: Envelope, *, domain: str, traceparent: str | None
    ) -> Self:
        """A new entry for a link with a secret. The secret itself is stored encrypted only."""
        fields = {
            "recipient": link.recipient,
            "kind": link.purpose,
            "audience": Audience.SELF,
            "context": link.context,
            "sealed_link": sealed_link,
            "expires_at": link.expires_at,
        }
        return cls._new(envelope.deduplication_id, envelope, fields, domain, traceparent)

    @classmethod
    def _new(
        cls, request_id: UUID, envelope: Envelope, fields: Mapping[str, Any], domain: str, traceparent: str | None
    ) -> Self:
        """Its id and `Message-ID` (RFC 5322 section 3.6.4) are derived from the request, so a redelivered request is
        the same mail."""
        now = clock.now()
        address = address_key(fields["recipient"].email)
        return cls(
            id=derived_id("mail", request_id),
            organisation_id=envelope.organisation_id,
            **fields,
            address=address,
            domain=domain_of(address),
            actor_name=envelope.actor.name if envelope.actor else None,
            message_id=f"<{request_id}@{domain}>",
            due_at=now,
            created_at=now,
            traceparent=traceparent,
        )

    @classmethod
    async def claim_next(cls, seconds: float, *, excluded_domains: Collection[str] = ()) -> Self | None:
        """Claims the mail that has been due for longest; None if there is none. One of several replicas gets it."""
        now = clock.now()
        due: dict[str, Any] = {"status": {"$in": list(PENDING)}, "due_at": {"$lte": now}}
        if excluded_domains:
            due["domain"] = {"$nin": list(excluded_domains)}
        found = await cls.get_pymongo_collection().find_one_and_update(
            due,
            {"$set": {"status": "sending", "due_at": now + timedelta(seconds=seconds)}, "$inc": {"version": 1}},
            sort=[("due_at", 1)],
            return_document=ReturnDocument.AFTER,
            hint="due",
        )
        return cast("Self", parse_obj(cls, found)) if found is not None else None

    @property
    def is_expired(self) -> bool:
        """Whether its link no longer works, which makes the mail useless."""
        return self.expires_at is not None and self.expires_at <= clock.now()

    @property
    def link_binding(self) -> LinkBinding | None:
        """What its encrypted link must be bound to; None for a mail without one."""
        if self.sealed_link is None or self.expires_at is None:
            return None
        return LinkBinding(self.organisation_id, self.recipient.id, self.kind, self.expires_at)

    def claim(self, seconds: float) -> None:
        """Keeps other replicas from sending it for that time."""
        self.status = "sending"
        self.due_at = clock.now() + timedelta(seconds=seconds)

    def mark_sent(self) -> None:
        self.status = "sent"
        self.attempts += 1
        self.sent_at = clock.now()
        self.last_error = None
        sent = EmailSent(recipient_id=self.recipient.id, message_id=self.message_id, attempts=self.attempts)
        self.record(sent, actor=None)

    def retry_later(self, reason: str, delays: Sequence[float]) -> None:
        """After a temporary failure. After the last delay the mail has failed."""
        attempts = self.attempts - self.attempts_before
        if attempts >= len(delays):
            self.mark_failed(reason)
            return
        self.attempts += 1
        self.postpone(reason, delays[attempts])

    def mark_failed(self, reason: str) -> None:
        self.status = "failed"
        self.attempts += 1
        self.last_error = reason
        failed = EmailFailed(
            recipient_id=self.recipient.id, message_id=self.message_id, attempts=self.attempts, reason=reason
        )
        self.record(failed, actor=None)

    def postpone(self, reason: str, seconds: float) -> None:
        """Queues it again. By itself this counts no attempt: the server was unreachable, or the domain's limit used."""
        self.status = "queued"
        self.due_at = clock.now() + timedelta(seconds=seconds)
        self.last_error = reason

    def bundle(self, reason: str, seconds: float) -> None:
        """Queues it as the one that stands for several. It forgets the text and the files of the message, which may be
        redacted before it is sent."""
        self.bundled = True
        empty: dict[str, Any] = {"body": "", "files": []}
        self.context = {name: empty.get(name, value) for name, value in self.context.items()}
        self.postpone(reason, seconds)

    def suppress(self, reason: SuppressionReason) -> None:
        """It is deliberately not sent."""
        self.status = "suppressed"
        self.last_error = reason
        suppressed = EmailSuppressed(recipient_id=self.recipient.id, message_id=self.message_id, reason=reason)
        self.record(suppressed, actor=None)

    def retry(self, by: Actor) -> None:
        """Queues it again with all its attempts; it stays the same mail. Raises Conflict."""
        if self.status not in RETRYABLE:
            raise Conflict(f"This email is {self.status}. Only failed or suppressed emails can be retried.")
        if self.is_expired:
            raise Conflict("The link in this email has expired.", code="link_expired")
        self.status = "queued"
        self.due_at = clock.now()
        self.attempts_before = self.attempts
        self.record(EmailRetried(recipient_id=self.recipient.id, message_id=self.message_id), by)
