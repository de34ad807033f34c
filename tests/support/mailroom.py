"""A mailer at work, a mail server that keeps what it gets, and mails that are asked for."""

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, cast
from uuid import UUID, uuid4

from common.events import Envelope
from common.events.notifications import EmailRequested, Kind, Recipient
from common.ids import derived_id, new_id
from common.messaging import wire
from common.messaging.publisher import JetStreamPublisher
from common.outbox import EventLog
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of
from tests.support.services import Installation, RunningService
from tests.support.smtp import RecordingSmtp

CONTEXT: dict[Kind, dict[str, Any]] = {
    "welcome": {"title": "Casey", "actor": "Casey"},
    "replied": {"title": "Printer", "actor": "Alex Agent", "body": "Use *water*."},
    "status_changed": {"title": "Printer", "actor": "Alex Agent", "before": "new", "after": "in_progress"},
}


def asked_for(
    template: Kind = "replied",
    *,
    email: str | None = None,
    name: str = "Casey Customer",
    ticket_id: UUID | None = None,
    **context: Any,
) -> Envelope:
    """A mail that notifications asks for, by default to somebody nobody else writes to."""
    recipient = Recipient(id=new_id(), email=email or f"{uuid4()}@example.org", name=name, locale="en")
    ticket = (ticket_id or new_id()) if template != "welcome" else None
    return envelope_of(
        EmailRequested(
            recipient=recipient,
            template=template,
            context={**CONTEXT[template], **context},
            ticket_id=ticket,
            ticket_number=7 if ticket else None,
        )
    )


def address_of(envelope: Envelope) -> str:
    """Whom it is to."""
    return EmailRequested.model_validate(envelope.data).recipient.email


@dataclass(frozen=True)
class MailRoom:
    """`smtp` is the server the mailer gives its mails to."""

    installation: Installation
    mailer: RunningService
    smtp: RecordingSmtp

    async def ask(self, *envelopes: Envelope) -> None:
        """Notifications asks for mails."""
        async with self.installation.connected("notifications") as broker:
            for envelope in envelopes:
                await JetStreamPublisher(broker).publish(envelope)

    async def ask_again(self, envelope: Envelope) -> None:
        """The same event, in a way that no de-duplication on the way swallows."""
        headers, body = wire.encode(envelope)
        async with self.installation.connected("notifications") as broker:
            subject = f"replay.mailer.{envelope.subject}"
            await JetStreamPublisher(broker).send(subject, {**headers, wire.MESSAGE_ID: str(uuid4())}, body)

    async def entry(self, envelope: Envelope) -> dict[str, Any]:
        """What the ledger says of a mail, which must be in it."""
        found = await self.mailer.db["mails"].find_one({"_id": derived_id("mail", envelope.aggregate_id)})
        assert found is not None, "not in the ledger yet"
        return found

    async def became(self, envelope: Envelope, status: str) -> dict[str, Any]:
        """The ledger's entry, once it has this status."""

        async def settled() -> dict[str, Any]:
            entry = await self.entry(envelope)
            assert entry["status"] == status, entry
            return entry

        return await eventually(settled, within=30)

    async def delivered(self, envelope: Envelope) -> EmailMessage:
        """The mail as it arrived, which must have been once."""
        await self.became(envelope, "sent")
        [message] = self.smtp.to(address_of(envelope))
        return message

    async def events(self, envelope: Envelope) -> list[Envelope]:
        """What mailer said of a mail, once it said something."""

        async def said() -> list[Envelope]:
            events = await EventLog(self.mailer.db).of_aggregate(derived_id("mail", envelope.aggregate_id))
            assert events
            return events

        return await eventually(said)


def part(message: EmailMessage, kind: str) -> str:
    """The `plain` or `html` body."""
    found = message.get_body((kind,))
    assert found is not None, f"there is no {kind} part"
    return cast("str", found.get_content())
