"""What is said on a subject, heard by whoever happens to be listening: plain NATS, beside the consumers.

Nothing is kept for the listener and nothing is said again, so this is a hint that there is something to read, and
never the only way to learn of it.
"""

import asyncio
from collections.abc import Callable

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from common.errors import Unavailable
from common.messaging.broker import Broker
from common.mongo import asked_to_stop

log = structlog.get_logger("overhearing")

Ear = Callable[[str, bytes], None]
"""Is given the subject and the body of what was said."""


class Overhearing:
    """One process's subscription to a subject, for as long as it runs; it comes back by itself after an outage."""

    def __init__(self, broker: Broker, subject: str, ear: Ear) -> None:
        self.name = f"ear for {subject}"
        self._broker = broker
        self._subject = subject
        self._ear = ear

    async def run(self) -> None:
        """Until cancelled."""
        while not asked_to_stop():
            try:
                await self._broker.client.subscribe(self._subject, cb=self._hear)
            except (Unavailable, NatsError, OSError) as error:
                log.debug("nothing is overheard yet", subject=self._subject, reason=str(error))
                await asyncio.sleep(0.25)
            else:
                await asyncio.Event().wait()

    async def _hear(self, message: Msg) -> None:
        self._ear(message.subject, message.data)
