"""An event that cannot be handled yet leaves the stream for the parked events.

So it holds up no other aggregate: JetStream delivers only a limited number of messages that are not acknowledged.
"""

from collections.abc import Sequence

import structlog

from common.messaging.delivery import Delivery, Handle
from common.messaging.parked_events import ParkedEvents
from common.messaging.results import HandlerResult, Reject, Retry

log = structlog.get_logger("consumer")


def park_failed(handle: Handle, parked: ParkedEvents, retry_delays: Sequence[float]) -> Handle:
    """Parks an event for the delay that its number of failures calls for. Rejects it after the last delay."""

    async def wrapped(delivery: Delivery) -> HandlerResult:
        result = await handle(delivery)
        if not isinstance(result, Retry):
            return result
        if delivery.failures >= len(retry_delays):
            return Reject(result.reason, result.handler)
        await parked.park(delivery, result, seconds=retry_delays[delivery.failures])
        delivery.count("retry")
        log.warning("event will be retried", reason=result.reason, failures=delivery.failures + 1)
        return result

    return wrapped
