"""A running mailer with a recording SMTP server, and the events that request its mails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

from common.audiences import Audience
from common.events import Actor, Envelope
from common.events.auth import Locale, SecretLinkIssued
from common.events.notifications import EmailRequested, Recipient
from common.ids import derived_id, new_id
from common.messaging import wire
from common.messaging.publisher import JetStreamPublisher
from common.messaging.topology import replay_subject
from common.notification_kinds import KINDS
from common.secret_links import LinkEncryptor, SecretLink
from mailer.rendering.examples import example
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of, logged_events_of
from tests.support.services import LINK_PUBLIC_KEY, Installation, RunningService
from tests.support.settled import wait_until_settled
from tests.support.smtp import RecordingSmtp

ENCRYPTOR = LinkEncryptor(LINK_PUBLIC_KEY)


def email_request(
    kind: str = "replied",
    *,
    audience: Audience | None = None,
    email: str | None = None,
    name: str = "Casey Customer",
    locale: Locale = "en",
    ticket_id: UUID | None = None,
    organisation_id: UUID | None = None,
    unsubscribe_token: str | None = None,
    title: str = "Printer",
    actor: str = "Alex Agent",
    **context: Any,
) -> Envelope:
    """An EmailRequested event of notifications, by default to a new address."""
    recipient = Recipient(id=new_id(), email=email or f"{uuid4()}@example.org", name=name, locale=locale)
    mail = example(kind, audience=audience)
    about_ticket = mail.ticket_id is not None
    usual = {"body": "Use *water*."} if kind == "replied" else {}
    envelope = envelope_of(
        EmailRequested(
            recipient=recipient,
            kind=kind,
            audience=mail.audience,
            context={**mail.context, **usual, **context},
            ticket_id=(ticket_id or new_id()) if about_ticket else None,
            ticket_number=7 if about_ticket else None,
            ticket_title=title if about_ticket else None,
            unsubscribe_token=unsubscribe_token,
        ),
        organisation_id=organisation_id,
    )
    return envelope.model_copy(update={"actor": Actor(id=new_id(), name=actor, role="agent")})


def link_request(
    purpose: str,
    token: str,
    expires_at: datetime,
    /,
    *,
    organisation_id: UUID | None = None,
    encryptor: LinkEncryptor = ENCRYPTOR,
    **changes: Any,
) -> Envelope:
    """A SecretLinkIssued event of auth, to a new address. `changes` are of the event, after its link is encrypted."""
    kind = KINDS[purpose].example()
    id_ = new_id()
    organisation_id = organisation_id or new_id()
    recipient = Recipient(id=id_, email=f"{id_}@example.org", name="", locale="en")
    link = SecretLink.new(kind, recipient, organisation_id, token=token, expires_at=expires_at)
    event = SecretLinkIssued(purpose=purpose, expires_at=expires_at, sealed_link=encryptor.encrypt(link))
    return envelope_of(event.model_copy(update=changes), id_, organisation_id=organisation_id)


def address_of(envelope: Envelope) -> str:
    if envelope.type == SecretLinkIssued.type:
        return f"{envelope.aggregate_id}@example.org"
    return EmailRequested.model_validate(envelope.data).recipient.email


def mail_id_of(envelope: Envelope) -> UUID:
    """Of the mail that an event requests."""
    return derived_id(
        "mail", envelope.deduplication_id if envelope.type == SecretLinkIssued.type else envelope.aggregate_id
    )


@dataclass(frozen=True)
class MailerFixture:
    """`smtp` is the server that the mailer sends to."""

    installation: Installation
    mailer: RunningService
    smtp: RecordingSmtp

    async def ask(self, *envelopes: Envelope) -> None:
        """Publishes requests as their services do."""
        for envelope in envelopes:
            async with self.installation.connected(envelope.service) as broker:
                await JetStreamPublisher(broker).publish(envelope)

    async def ask_again(self, envelope: Envelope) -> None:
        """Publishes the same event with another message id, so that no broker de-duplicates it."""
        headers, body = wire.encode(envelope)
        async with self.installation.connected(envelope.service) as broker:
            subject = replay_subject(envelope.service, "mailer", envelope.subject)
            await JetStreamPublisher(broker).send_again(subject, headers, body)

    async def entry(self, envelope: Envelope) -> dict[str, Any]:
        """The mail's document."""
        found = await self.mailer.db["mails"].find_one({"_id": mail_id_of(envelope)})
        assert found is not None, "the mailer has not stored the mail yet"
        return found

    async def became(self, envelope: Envelope, status: str) -> dict[str, Any]:
        """The mail's document, once it has this status."""
        return await self.until(envelope, lambda entry: bool(entry["status"] == status))

    async def until(self, envelope: Envelope, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The mail's document, once `holds` is true of it."""

        async def stored() -> dict[str, Any]:
            entry = await self.entry(envelope)
            assert holds(entry), entry
            return entry

        return await eventually(stored)

    async def settle(self) -> None:
        await wait_until_settled(self.installation, self.mailer)

    async def delivered(self, envelope: Envelope) -> EmailMessage:
        """The mail as the SMTP server received it, exactly once."""
        await self.became(envelope, "sent")
        [message] = self.smtp.to(address_of(envelope))
        return message

    async def events(self, envelope: Envelope) -> list[Envelope]:
        """The mail's events, once there are some."""
        return await logged_events_of(self.mailer.db, mail_id_of(envelope))


def part(message: EmailMessage, kind: str) -> str:
    """The `plain` or `html` body."""
    found = message.get_body((kind,))
    assert found is not None, f"there is no {kind} part"
    return str(found.get_content())
