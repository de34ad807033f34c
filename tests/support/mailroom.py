"""A mailer at work, a mail server that keeps what it gets, and mails that are asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any, cast, get_args
from uuid import UUID, uuid4

from common.events import Envelope
from common.events.auth import Locale
from common.events.notifications import EmailRequested, Kind, Recipient, TicketKind
from common.ids import derived_id, new_id
from common.messaging import wire
from common.messaging.publisher import JetStreamPublisher
from common.outbox import EventLog
from mailer.rendering.examples import example
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of
from tests.support.quiet import quiet
from tests.support.services import Installation, RunningService
from tests.support.smtp import RecordingSmtp

ABOUT_TICKETS = get_args(TicketKind)


def asked_for(
    template: Kind = "replied",
    *,
    email: str | None = None,
    name: str = "Casey Customer",
    locale: Locale = "en",
    ticket_id: UUID | None = None,
    organisation_id: UUID | None = None,
    sealed_token: str | None = None,
    expires_at: datetime | None = None,
    unsubscribe_token: str | None = None,
    **context: Any,
) -> Envelope:
    """A mail that notifications asks for, by default to somebody nobody else writes to."""
    recipient = Recipient(id=new_id(), email=email or f"{uuid4()}@example.org", name=name, locale=locale)
    ticket = (ticket_id or new_id()) if template in ABOUT_TICKETS else None
    usual = {"title": "Printer", "body": "Use *water*."} if template == "replied" else {"title": "Printer"}
    return envelope_of(
        EmailRequested(
            recipient=recipient,
            template=template,
            context={**example(template).context, **usual, **context},
            ticket_id=ticket,
            ticket_number=7 if ticket else None,
            sealed_token=sealed_token,
            expires_at=expires_at,
            unsubscribe_token=unsubscribe_token,
        ),
        organisation_id=organisation_id,
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

        return await eventually(settled)

    async def until(self, envelope: Envelope, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The ledger's entry, once that is true of it."""

        async def true_of_it() -> dict[str, Any]:
            entry = await self.entry(envelope)
            assert holds(entry), entry
            return entry

        return await eventually(true_of_it)

    async def quiet(self) -> None:
        """Returns once the mailer has heard and said everything."""
        await quiet(self.installation, self.mailer)

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
