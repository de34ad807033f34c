"""Publishes core NATS messages: at most once, stored nowhere. The counterpart of `CoreSubscription`."""

import structlog
from nats.errors import Error as NatsError

from common.errors import Unavailable
from common.messaging.broker import Broker

log = structlog.get_logger("broadcaster")


class Broadcaster:
    """Uses the connection of the process that runs the service. Without one, messages are dropped."""

    def __init__(self) -> None:
        self._broker: Broker | None = None

    def attach(self, broker: Broker) -> None:
        """Publishes through this connection from now on."""
        self._broker = broker

    async def publish(self, subject: str, body: bytes) -> None:
        """Never raises for anything that NATS or the network can do: a lost message only delays its receivers."""
        if self._broker is None:
            return
        try:
            await self._broker.client.publish(subject, body)
        except (Unavailable, NatsError, OSError) as error:
            log.debug("broadcast dropped", subject=subject, reason=str(error))
