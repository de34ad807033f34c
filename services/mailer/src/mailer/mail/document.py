"""An outgoing email as stored."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Self, cast
from uuid import UUID

from beanie.odm.utils.parsing import parse_obj
from pydantic import BaseModel, Field
from pymongo import ASCENDING, DESCENDING, IndexModel, ReturnDocument

from common import clock
from common.addresses import address_key, domain_of
from common.audiences import Audience
from common.errors import Conflict
from common.events import Actor, Envelope, OpenWord
from common.events.mailer import (
    EmailFailed,
    EmailMarkedSent,
    EmailOutcomeUnknown,
    EmailRetried,
    EmailSent,
    EmailSuppressed,
)
from common.events.notifications import EmailRequested, Recipient
from common.ids import derived_id
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX
from common.secret_links import LinkBinding, SecretLink

Status = Literal["queued", "sending", "sent", "unknown", "failed", "suppressed"]
PENDING: tuple[Status, ...] = ("queued", "sending")
RETRYABLE: tuple[Status, ...] = ("unknown", "failed", "suppressed")

SuppressionReason = Literal["address_suppressed", "link_expired", "superseded", "unsubscribed"]

_NEWEST_FIRST = [("created_at", DESCENDING), ("_id", DESCENDING)]


_IS_DUE = {"due_at": {"$type": "date"}, "$expr": {"$lte": ["$due_at", "$$NOW"]}}


class Claim(BaseModel):
    """Held by the sender `by` until the mail's `due_at`, which the sender moves on while it is at work."""

    by: UUID
    data_begun: bool = False
    """Whether the content may have been sent: the server may have accepted it, even if nobody learns of that."""


class Mail(Aggregate):
    """`due_at` is the time of the next attempt, or the end of the claim on a mail that is being sent; None if there is
    no further attempt. It is the database's time: the clocks of two replicas may differ.

    `attempts` counts all attempts, `attempts_before` those before an admin's retry. The id is derived from the request,
    so one request is one mail.
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
    due_at: datetime | None
    claim: Claim | None = None
    resent: bool = False
    """Whether it was sent again because its outcome was unknown."""
    last_error: str | None = None
    refused: bool = False
    """Whether the server refused it for a reason of its own although it knew the recipient."""
    bundled: bool = False
    """Whether it stands for several mails about its ticket."""
    counted: bool = False
    """Whether it is counted as one of the mails about its ticket in an hour."""
    address_suppressed: bool = False
    """Whether its address was on the suppression list at the last attempt."""
    requested_at: datetime
    created_at: datetime
    sent_at: datetime | None = None
    traceparent: str | None = None

    class Settings(Aggregate.Settings):
        name = "mails"
        indexes = [
            IndexModel(
                [("domain", ASCENDING), ("due_at", ASCENDING)],
                name="due",
                partialFilterExpression={"due_at": {"$type": "date"}},
            ),
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
            requested_at=envelope.time,
            created_at=now,
            traceparent=traceparent,
        )

    @classmethod
    async def claim_next(
        cls,
        by: UUID,
        seconds: float,
        *,
        after_domain: str = "",
        excluded_domains: Collection[str] = (),
        excluded_ids: Collection[UUID] = (),
    ) -> Self | None:
        """Claims the mail that has been due for longest in the next domain after `after_domain` that has one; None if
        no mail is due. One of several replicas gets it.

        Domains take turns, so that a domain with many mails keeps no other waiting. The index skips the excluded ones,
        and those where nothing is due, whatever the number of their mails.
        """
        for turn in ({"$gt": after_domain}, {"$lte": after_domain}):
            domain = turn | ({"$nin": list(excluded_domains)} if excluded_domains else {})
            found = await cls.get_pymongo_collection().find_one_and_update(
                {"domain": domain, "_id": {"$nin": list(excluded_ids)}, **_IS_DUE},
                [
                    {
                        "$set": {
                            "status": "sending",
                            "resent": {"$or": ["$resent", {"$eq": ["$status", "unknown"]}]},
                            "due_at": _seconds_from_now(seconds),
                            "claim": {"by": by, "data_begun": {"$eq": ["$claim.data_begun", True]}},
                            "version": {"$add": ["$version", 1]},
                        }
                    }
                ],
                sort=[("domain", 1), ("due_at", 1)],
                return_document=ReturnDocument.AFTER,
                hint="due",
            )
            if found is not None:
                return cast("Self", parse_obj(cls, found))
        return None

    @classmethod
    async def renew_claims(cls, ids: Collection[UUID], by: UUID, seconds: float) -> None:
        """Moves the end of the claims that `by` holds on these mails."""
        held = {"_id": {"$in": list(ids)}, "claim.by": by}
        await cls.get_pymongo_collection().update_many(held, [{"$set": {"due_at": _seconds_from_now(seconds)}}])

    async def begin_data(self, seconds: float) -> bool:
        """Stores that the content is about to be sent, and renews the claim. False if another sender has claimed the
        mail meanwhile."""
        if self.claim is None:
            return False
        held = {"_id": self.id, "version": self.version, "claim.by": self.claim.by}
        begun = {"claim.data_begun": True, "due_at": _seconds_from_now(seconds)}
        result = await self.get_pymongo_collection().update_one(held, [{"$set": begun}])
        return result.matched_count == 1

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

    def claim_for(self, by: UUID, until: datetime) -> None:
        """Keeps other senders from sending it until then."""
        self.status = "sending"
        self.claim = Claim(by=by)
        self.due_at = until

    def mark_sent(self) -> None:
        self._finish("sent")
        self.attempts += 1
        self.sent_at = clock.now()
        sent = EmailSent(recipient_id=self.recipient.id, message_id=self.message_id, attempts=self.attempts)
        self.record(sent, actor=None)

    def retry_later(self, reason: str, delays: Sequence[float], now: datetime) -> None:
        """After a temporary failure. After the last delay the mail has failed."""
        attempts = self.attempts - self.attempts_before
        if attempts >= len(delays):
            self.mark_failed(reason)
            return
        self.attempts += 1
        self.postpone(reason, now + timedelta(seconds=delays[attempts]))

    def mark_failed(self, reason: str) -> None:
        self._finish("failed", reason)
        self.attempts += 1
        failed = EmailFailed(
            recipient_id=self.recipient.id, message_id=self.message_id, attempts=self.attempts, reason=reason
        )
        self.record(failed, actor=None)

    def mark_unknown(self, reason: str, resend_at: datetime) -> None:
        """The server may have accepted it. It is sent once more at that time; after that only by an admin."""
        self._finish("unknown", reason)
        self.attempts += 1
        if not self.resent:
            self.due_at = resend_at
        unknown = EmailOutcomeUnknown(
            recipient_id=self.recipient.id, message_id=self.message_id, attempts=self.attempts, reason=reason
        )
        self.record(unknown, actor=None)

    def postpone(self, reason: str, until: datetime) -> None:
        """Queues it again. By itself this counts no attempt: the server was unavailable, or the domain's limit used."""
        self._finish("queued", reason)
        self.due_at = until

    def bundle(self, reason: str, until: datetime) -> None:
        """Queues it as the one that stands for several. It forgets the text and the files of the message, which may be
        redacted before it is sent."""
        self.bundled = True
        empty: dict[str, Any] = {"body": "", "files": []}
        self.context = {name: empty.get(name, value) for name, value in self.context.items()}
        self.postpone(reason, until)

    def suppress(self, reason: SuppressionReason) -> None:
        """It is deliberately not sent; one that is sent once more may have arrived all the same, and stays unknown."""
        if self.resent:
            self._finish("unknown", reason)
            return
        self._finish("suppressed", reason)
        suppressed = EmailSuppressed(recipient_id=self.recipient.id, message_id=self.message_id, reason=reason)
        self.record(suppressed, actor=None)

    def retry(self, by: Actor, now: datetime) -> None:
        """Queues it again with all its attempts; it stays the same mail. Raises Conflict."""
        if self.status not in RETRYABLE:
            raise Conflict(
                f"This email is {self.status}. Only failed or suppressed emails, and those whose delivery is unknown, "
                "can be sent again."
            )
        if self.is_expired:
            raise Conflict("The link in this email has expired.", code="link_expired")
        self.resent = self.resent or self.status == "unknown"
        self.status = "queued"
        self.due_at = now
        self.attempts_before = self.attempts
        self.last_error = None
        self.refused = self.address_suppressed = False
        self.record(EmailRetried(recipient_id=self.recipient.id, message_id=self.message_id), by)

    def mark_sent_by(self, by: Actor) -> None:
        """An admin knows that it arrived: it is not sent again. Raises Conflict."""
        if self.status != "unknown":
            raise Conflict(f"This email is {self.status}. Only emails whose delivery is unknown can be marked as sent.")
        self._finish("sent")
        self.sent_at = clock.now()
        self.record(EmailMarkedSent(recipient_id=self.recipient.id, message_id=self.message_id), by)

    def _finish(self, status: Status, reason: str | None = None) -> None:
        """Ends the attempt, and the claim with it."""
        self.status, self.last_error = status, reason
        self.claim = self.due_at = None


def _seconds_from_now(seconds: float) -> dict[str, Any]:
    """By the database's clock, in an aggregation expression."""
    return {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(seconds * 1000)}}
