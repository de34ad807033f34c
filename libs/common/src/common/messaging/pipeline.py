"""What happens to an event, whether its handler succeeds or fails (docs/decisions/0004 and 0023).

router                its handlers run one after the other. A handler that raises means Retry. An outage counts as no
                      attempt: JetStream delivers the event again, and a parked event is tried again
park_failed           Retry: the event is parked until its next attempt; after the last one it is rejected
dead_letter_rejected  Reject: the event becomes a dead letter, with the reason and the handler that failed
in_order              events of one aggregate take turns; while one is parked, later ones are parked behind it
"""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from prometheus_client import Histogram

from common import clock
from common.messaging.dead_letter import DeadLetters
from common.messaging.dead_lettering import dead_letter_rejected
from common.messaging.delivery import Delivery, Handle
from common.messaging.ordering import in_order
from common.messaging.parked_events import ParkedEvents
from common.messaging.parking import park_failed
from common.messaging.results import Ack, HandlerResult
from common.messaging.router import Router
from common.messaging.tracing import traced

log = structlog.get_logger("consumer")

age_seconds = Histogram(
    "helpdesk_event_age_seconds",
    "From when it happened to when its effect was saved.",
    ["stream"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)


@dataclass(frozen=True)
class Pipeline:
    """`deliver` takes an event from a stream, `retry` the oldest parked event of an aggregate."""

    deliver: Handle
    retry: Handle


def build_pipeline(
    router: Router, parked: ParkedEvents, dead_letters: DeadLetters, retry_delays: Sequence[float]
) -> Pipeline:
    attempt = park_failed(_measured(router), parked, retry_delays)
    attempt = traced(dead_letter_rejected(attempt, dead_letters))
    return Pipeline(deliver=in_order(attempt, parked), retry=attempt)


def _measured(router: Router) -> Handle:
    async def handle(delivery: Delivery) -> HandlerResult:
        result = await router.route(delivery.envelope)
        if isinstance(result, Ack):
            delivery.count("done")
            age_seconds.labels(delivery.message.stream).observe((clock.now() - delivery.envelope.time).total_seconds())
            log.info("event handled")
        return result

    return handle
