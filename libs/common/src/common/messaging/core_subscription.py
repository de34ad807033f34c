"""A plain core NATS subscription, beside the JetStream consumers: at most once, nothing is stored.

A message is only a hint that there is something to read, and never the only way to learn of it.
"""

import asyncio
from collections.abc import Callable

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from common.errors import Unavailable
from common.messaging.broker import Broker
from common.mongo import cancellation_requested

log = structlog.get_logger("core_subscription")

Listener = Callable[[str, bytes], None]
"""Called with the subject and the body of each message."""


class CoreSubscription:
    """One process's subscription to a subject; nats-py restores it after a reconnection."""

    def __init__(self, broker: Broker, subject: str, listener: Listener) -> None:
        self.name = f"subscription to {subject}"
        self._broker = broker
        self._subject = subject
        self._listener = listener

    async def run(self) -> None:
        """Until cancelled."""
        while not cancellation_requested():
            try:
                await self._broker.client.subscribe(self._subject, cb=self._on_message)
            except (Unavailable, NatsError, OSError) as error:
                log.debug("not subscribed yet", subject=self._subject, reason=str(error))
                await asyncio.sleep(0.25)
            else:
                await asyncio.Event().wait()

    async def _on_message(self, message: Msg) -> None:
        self._listener(message.subject, message.data)
