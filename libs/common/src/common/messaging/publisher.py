"""Publishes events to the stream of their service."""

from collections.abc import Mapping

from nats.errors import BadHeaderError, BadSubjectError, MaxPayloadError
from nats.errors import Error as NatsError
from nats.js.api import PubAck
from nats.js.errors import APIError
from opentelemetry.trace import SpanKind

from common.errors import Unavailable
from common.events import Envelope
from common.ids import new_id
from common.messaging import wire
from common.messaging.broker import Broker
from common.messaging.topology import stream_of
from common.telemetry import current_traceparent, span

_HEADER_FRAME_BYTES = len("NATS/1.0\r\n\r\n")
DEAD_LETTER_RESERVE_BYTES = 16 * 1024
"""How much smaller an event is than NATS allows: it may become a dead letter, which has more headers. The longest of
them, the reason, takes up to 12 000 bytes."""


def header_size(name: str, value: str) -> int:
    """In bytes, in a message."""
    return len(name.encode()) + len(value.encode()) + len(": \r\n")


def message_size(headers: Mapping[str, str], body: bytes) -> int:
    """In bytes, as NATS compares it with `max_payload`."""
    return len(body) + sum(header_size(name, value) for name, value in headers.items()) + _HEADER_FRAME_BYTES


class PublishRefused(Unavailable):
    """The broker is there, and does not take this message. It may take others."""


class StreamFull(Unavailable):
    """The stream has its maximum size. It takes messages again once older ones expire or it is enlarged."""


_STORE_FAILED = 10077
"""JSStreamStoreFailedF (nats-server, server/errors.json): its description has the cause."""


class JetStreamPublisher:
    """Returns once JetStream has stored the event. A repeated publish within the stream's de-duplication window is
    stored once, by event id."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def publish(self, envelope: Envelope) -> None:
        """Raises PublishRefused, or Unavailable: nothing is known of the event then, and publishing it again is
        harmless."""
        if envelope.service != self._broker.service:
            # NATS would not answer, and only a timeout would tell.
            raise PublishRefused(f"{self._broker.service} may not publish {envelope.type}")
        attributes = {"messaging.system": "nats", "messaging.message.id": str(envelope.id)}
        with span(f"publish {envelope.type}", kind=SpanKind.PRODUCER, traceparent=envelope.traceparent, **attributes):
            headers, body = wire.encode(envelope.stamped(current_traceparent()))
            try:
                # A duplicate is this event, published before: no other account can publish to this stream, and nobody
                # else knows an event's id before it is published.
                await self.send(envelope.subject, headers, body, reserve=DEAD_LETTER_RESERVE_BYTES)
            except (PublishRefused, StreamFull):
                raise
            except Unavailable as error:
                if await self._stream_answers(envelope.service):
                    raise PublishRefused(str(error)) from error
                raise

    async def send_again(self, subject: str, headers: dict[str, str], body: bytes) -> None:
        """Publishes a message once more, with a message id that nobody can guess and JetStream therefore does not have.
        Raises PublishRefused, StreamFull, Unavailable."""
        acknowledgement = await self.send(subject, {**headers, wire.MESSAGE_ID: f"again:{new_id()}"}, body)
        if acknowledgement.duplicate:
            raise PublishRefused(f"JetStream did not store {subject}: it takes the message for a duplicate")

    async def send(self, subject: str, headers: dict[str, str], body: bytes, *, reserve: int = 0) -> PubAck:
        """A message as it is, to any subject a stream keeps. It has to be `reserve` bytes smaller than NATS allows. A
        `duplicate` was not stored: the stream already has a message with this id, at `seq`. Raises PublishRefused,
        StreamFull, Unavailable."""
        client = self._broker.client
        size = message_size(headers, body)
        if size > client.max_payload - reserve:
            # nats-py compares the body alone, and the server closes the connection over the rest.
            raise PublishRefused(f"{subject} has {size} bytes; NATS takes {client.max_payload}, less {reserve}")
        try:
            return await self._broker.jetstream.publish(subject, body, headers=headers)
        except (BadHeaderError, BadSubjectError, MaxPayloadError) as error:
            raise PublishRefused(f"NATS cannot carry {subject}: {type(error).__name__} {error}") from error
        except (NatsError, OSError) as error:
            if isinstance(error, APIError) and error.err_code == _STORE_FAILED and "maximum" in str(error.description):
                raise StreamFull(f"{subject}: the stream is full ({error.description})") from error
            refused = isinstance(error, APIError) and (error.code or 0) in range(400, 500)
            kind = PublishRefused if refused else Unavailable
            raise kind(f"NATS did not take {subject}: {type(error).__name__} {error}") from error

    async def _stream_answers(self, service: str) -> bool:
        """Whether the failure was that of one message: JetStream is there, and has the stream."""
        try:
            await self._broker.jetstream.stream_info(stream_of(service))
        except (Unavailable, NatsError, OSError):
            return False
        return True
