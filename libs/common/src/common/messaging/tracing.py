"""One span for each attempt; the event is the cause of what its handlers do."""

import structlog
from opentelemetry.trace import SpanKind

from common.causation import Causation, causation_scope
from common.messaging.delivery import Delivery, Handle
from common.messaging.results import HandlerResult
from common.telemetry import span


def traced(handle: Handle) -> Handle:
    """Binds the event's id and type to every log line within."""

    async def wrapped(delivery: Delivery) -> HandlerResult:
        envelope = delivery.envelope
        attributes = {"messaging.system": "nats", "messaging.message.id": str(envelope.id)}
        with (
            span(f"handle {envelope.type}", kind=SpanKind.CONSUMER, traceparent=envelope.traceparent, **attributes),
            causation_scope(Causation(id=str(envelope.id))),
            structlog.contextvars.bound_contextvars(event_id=str(envelope.id), event_type=envelope.versioned_type),
        ):
            return await handle(delivery)

    return wrapped
