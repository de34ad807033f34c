"""What mailer does when a mail is asked for: it owes it. And what an admin can do about one that did not go."""

import asyncio
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from common.events import Envelope
from common.events.notifications import EmailRequested
from common.messaging.results import ACK, HandlerResult
from common.outbox import retry_on_conflict
from common.principal import Principal
from common.telemetry import current_traceparent
from mailer.mail.document import Mail


class Carrier(Protocol):
    """What sends mails in this process; where it does not run, or has its hands full, the mail waits in the ledger."""

    def reserve(self) -> float | None:
        """Room for one mail, kept until it is given back or used; for how many seconds the mail is then claimed."""

    def give_back(self) -> None:
        """There was no mail after all."""

    def carry(self, mail: Mail) -> None:
        """Uses the room for a claimed mail that is in the ledger."""


@dataclass(frozen=True)
class Queue:
    """Takes requests down. `queued` wakes the sender of this process; should it die, another one finds the mail."""

    domain: str
    carrier: Carrier
    queued: asyncio.Event

    async def requested(self, event: EmailRequested, envelope: Envelope) -> HandlerResult:
        """Handler. The ledger's key is made from the notification, so a redelivery finds its mail there.

        Written down as already claimed where it can be sent at once: one write for both, and nobody has to look for it.
        """
        mail = Mail.requested(event, envelope, domain=self.domain, traceparent=current_traceparent())
        seconds = self.carrier.reserve()
        if seconds is not None:
            mail.claim(seconds)
        try:
            await mail.commit()
        except BaseException as error:
            if seconds is not None:
                self.carrier.give_back()
            if not isinstance(error, DuplicateKeyError):
                raise
        else:
            if seconds is not None:
                self.carrier.carry(mail)
            else:
                self.queued.set()
        return ACK

    async def retry(self, mail_id: UUID, user: Principal) -> Mail:
        """Sends again what failed or was suppressed. Raises NotFound, Conflict."""

        async def once() -> Mail:
            mail = await Mail.load(mail_id, user.organisation_id)
            mail.retry(user.actor)
            return await mail.commit()

        mail = await retry_on_conflict(once)
        self.queued.set()
        return mail
