"""Publishes envelopes to the stream of the service that says them."""

from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from opentelemetry.trace import SpanKind

from common.errors import Unavailable
from common.events import Envelope
from common.messaging import wire
from common.messaging.broker import Broker
from common.telemetry import current_traceparent, span


class JetStreamPublisher:
    """Returns once JetStream has stored the event. A repeated publish within the stream's de-duplication window is
    stored once, by event id."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def publish(self, envelope: Envelope) -> None:
        """Raises Unavailable: nothing is known of the event then, and publishing it again is harmless."""
        attributes = {"messaging.system": "nats", "messaging.message.id": str(envelope.id)}
        with span(f"publish {envelope.type}", kind=SpanKind.PRODUCER, traceparent=envelope.traceparent, **attributes):
            headers, body = wire.encode(envelope.stamped(current_traceparent()))
            await self.send(envelope.subject, headers, body)

    async def send(self, subject: str, headers: dict[str, str], body: bytes) -> None:
        """A message as it is, to any subject a stream keeps. Raises Unavailable."""
        try:
            await self._broker.jetstream.publish(subject, body, headers=headers)
        except (NatsError, JetStreamError, TimeoutError, OSError) as error:
            raise Unavailable(f"NATS did not take {subject}: {type(error).__name__} {error}") from error
