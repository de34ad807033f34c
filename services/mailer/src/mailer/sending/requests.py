"""The handler of requested emails: stores each one in the outbox, and sends it at once if there is capacity."""

import asyncio
from dataclasses import dataclass

from pydantic import ValidationError
from pymongo.errors import DuplicateKeyError

from common.events import Envelope
from common.events.notifications import EmailRequested
from common.messaging.results import ACK, HandlerResult, Reject
from common.notification_kinds import kind_named
from common.telemetry import current_traceparent
from mailer.mail.document import Mail
from mailer.sending.sender import MailSender


@dataclass(frozen=True)
class MailRequestHandler:
    """`mail_due` wakes the sender of this process. If the process dies, another replica finds the mail."""

    domain: str
    sender: MailSender
    mail_due: asyncio.Event

    async def handle(self, event: EmailRequested, envelope: Envelope) -> HandlerResult:
        """Handler. The mail's id is derived from the notification, so a redelivery finds it stored.

        A kind or audience that this version does not know is rejected: its dead letter can be replayed after an
        upgrade. With capacity, the mail is stored as claimed: one write, and no search for it.
        """
        try:
            kind = kind_named(event.kind)
            kind.text_key(event.audience)
            kind.model_validate(event.context)
        except LookupError as error:
            return Reject(str(error.args[0]))
        except ValidationError as error:
            fields = ", ".join(str(each["loc"][0]) for each in error.errors(include_input=False))
            return Reject(f"the context of {event.kind} lacks valid values of: {fields}")
        mail = Mail.of(event, envelope, domain=self.domain, traceparent=current_traceparent())
        claim_seconds = self.sender.reserve_capacity()
        if claim_seconds is not None:
            mail.claim(claim_seconds)
        try:
            await mail.commit()
        except BaseException as error:
            if claim_seconds is not None:
                self.sender.release_capacity()
            if not isinstance(error, DuplicateKeyError):
                raise
        else:
            if claim_seconds is not None:
                self.sender.dispatch(mail)
            else:
                self.mail_due.set()
        return ACK
