"""A rejected event becomes a dead letter."""

import structlog

from common.messaging.dead_letter import DeadLetters
from common.messaging.delivery import Delivery, Handle
from common.messaging.results import ACK, HandlerResult, Reject

log = structlog.get_logger("consumer")


def dead_letter_rejected(handle: Handle, dead_letters: DeadLetters) -> Handle:
    """Returns ACK once the dead letter is stored."""

    async def wrapped(delivery: Delivery) -> HandlerResult:
        result = await handle(delivery)
        if not isinstance(result, Reject):
            return result
        await dead_letters.store(delivery.message, result, attempts=delivery.failures + 1)
        delivery.count("dead")
        log.error("event became a dead letter", subject=delivery.message.subject, reason=result.reason)
        return ACK

    return wrapped
