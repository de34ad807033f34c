"""What mailer does when a mail is asked for: it owes it."""

import asyncio
from dataclasses import dataclass

from pymongo.errors import DuplicateKeyError

from common.events import Envelope
from common.events.notifications import EmailRequested
from common.messaging.verdicts import DONE, Verdict
from common.telemetry import current_traceparent
from mailer.mail.document import Mail


@dataclass(frozen=True)
class Queue:
    """`queued` wakes the sender of this process; should it die, another one finds the mail in the ledger."""

    domain: str
    queued: asyncio.Event

    async def requested(self, event: EmailRequested, envelope: Envelope) -> Verdict:
        """Handler. The ledger's key is made from the notification, so a redelivery finds its mail there."""
        mail = Mail.requested(event, envelope, domain=self.domain, traceparent=current_traceparent())
        try:
            await mail.commit()
        except DuplicateKeyError:
            return DONE
        self.queued.set()
        return DONE
