"""A message on its way through a service's handlers, whether JetStream or the parked events deliver it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Self

from nats.aio.msg import Msg
from prometheus_client import Counter

from common.events import EVENTS, Envelope, aggregate_key
from common.messaging import wire
from common.messaging.results import HandlerResult

handled_total = Counter("helpdesk_events_handled_total", "Deliveries settled.", ["stream", "type", "result"])
UNKNOWN_TYPE = "unknown"


@dataclass(frozen=True)
class RawMessage:
    """`id` is `<stream>:<sequence in the stream>`; `headers` are those of `wire.stored_headers`."""

    id: str
    stream: str
    subject: str
    headers: dict[str, str]
    body: bytes

    @property
    def sequence(self) -> str:
        """In the stream."""
        return self.id.rpartition(":")[2]

    @classmethod
    def of(cls, stream: str, message: Msg) -> Self:
        number = message.metadata.sequence.stream
        headers = wire.stored_headers(message.headers or {})
        return cls(f"{stream}:{number}", stream, message.subject, headers, message.data)


@dataclass(frozen=True)
class Delivery:
    """An event with the message that carried it. `failures` counts its earlier attempts that failed."""

    message: RawMessage
    envelope: Envelope
    failures: int = 0

    @classmethod
    def of(cls, message: RawMessage, failures: int = 0) -> Self:
        """Raises ValueError where the message is not an event."""
        return cls(message, wire.decode(message.headers, message.body), failures)

    @property
    def aggregate(self) -> str:
        """Whose events are handled one after the other (`aggregate_key`)."""
        return aggregate_key(self.envelope)

    def count(self, result: str) -> None:
        # A publisher may name any type, and each one would be a time series.
        type_ = self.envelope.type if self.envelope.versioned_type in EVENTS else UNKNOWN_TYPE
        handled_total.labels(self.message.stream, type_, result).inc()


Handle = Callable[[Delivery], Awaitable[HandlerResult]]
"""A step of the pipeline. It raises Unavailable in an outage. When the outermost step returns, the event is handled,
parked or a dead letter, and its message may be acknowledged."""
