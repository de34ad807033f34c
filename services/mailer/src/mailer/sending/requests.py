"""The handlers of requested emails: they store each one in the outbox, and send it at once if there is capacity."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError
from pymongo.errors import DuplicateKeyError

from common.audiences import Audience
from common.database_clock import DatabaseClock
from common.events import Envelope
from common.events.auth import SecretLinkIssued
from common.events.notifications import EmailRequested
from common.messaging.results import ACK, HandlerResult, Reject
from common.notification_kinds import kind_named
from common.sealed import DecryptionError
from common.secret_links import LinkBinding, LinkDecryptor
from common.telemetry import current_traceparent
from mailer.mail.document import Mail
from mailer.sending.sender import MailSender


@dataclass(frozen=True)
class MailRequestHandler:
    """`mail_due` wakes the sender of this process. If the process dies, another replica finds the mail."""

    domain: str
    decryptor: LinkDecryptor
    sender: MailSender
    clock: DatabaseClock
    mail_due: asyncio.Event

    async def handle(self, event: EmailRequested, envelope: Envelope) -> HandlerResult:
        """Handler. A kind or audience that this version does not know is rejected: its dead letter can be replayed
        after an upgrade. So is a kind with a secret link, which auth alone can request."""
        if problem := _problem(event.kind, event.audience, event.context, has_secret_link=False):
            return Reject(problem)
        return await self._store(Mail.of(event, envelope, domain=self.domain, traceparent=current_traceparent()))

    async def handle_link(self, event: SecretLinkIssued, envelope: Envelope) -> HandlerResult:
        """Handler. What only the envelope says of the link must be what auth bound to it."""
        binding = LinkBinding(envelope.organisation_id, envelope.aggregate_id, event.purpose, event.expires_at)
        try:
            link = self.decryptor.decrypt(event.sealed_link, binding)
        except DecryptionError as error:
            return Reject(str(error))
        if problem := _problem(link.purpose, Audience.SELF, link.context, has_secret_link=True):
            return Reject(problem)
        return await self._store(
            Mail.of_link(link, event.sealed_link, envelope, domain=self.domain, traceparent=current_traceparent())
        )

    async def _store(self, mail: Mail) -> HandlerResult:
        """The mail's id is derived from its request, so a redelivery finds it stored. With capacity, the mail is stored
        as claimed: one write, and no search for it."""
        is_reserved = self.sender.reserve_capacity()
        try:
            if is_reserved:
                await self.sender.claim_new(mail)
            else:
                mail.due_at = await self.clock.now()
            await mail.commit()
        except BaseException as error:
            if is_reserved:
                self.sender.release_capacity()
            if not isinstance(error, DuplicateKeyError):
                raise
        else:
            if is_reserved:
                self.sender.dispatch(mail)
            else:
                self.mail_due.set()
        return ACK


def _problem(kind_name: str, audience: str, context: Mapping[str, JsonValue], *, has_secret_link: bool) -> str | None:
    """Why no email can be made of it; None if one can."""
    try:
        kind = kind_named(kind_name)
        kind.text_key(audience)
        kind.model_validate(context)
    except LookupError as error:
        return str(error.args[0])
    except ValidationError as error:
        fields = ", ".join(str(each["loc"][0]) for each in error.errors(include_input=False))
        return f"the context of {kind_name} lacks valid values of: {fields}"
    if kind.has_secret_link != has_secret_link:
        return f"{kind_name} is requested by {'notifications' if has_secret_link else 'auth'} only"
    return None
