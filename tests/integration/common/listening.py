"""A consumer as tickets has it, around the handler under test, and what became of the messages."""

import asyncio
from collections.abc import Sequence

from common.events.auth import SessionEnded
from common.lease import Lease
from common.messaging.broker import Broker
from common.messaging.consumer import Consumer
from common.messaging.dead_letter import DeadLetter, DeadLetters
from common.messaging.parked_events import ParkedEvents
from common.messaging.parked_retries import ParkedEventRetries
from common.messaging.pipeline import build_pipeline
from common.messaging.router import Handler, Handlers, Router
from common.messaging.topology import ConsumerSpec, consumers_of, replays_of
from common.mongo import Database
from tests.integration.common.conftest import Brokers
from tests.support.messaging import router_of
from tests.support.settled import assert_drained

RETRY_DELAYS = (0.02, 0.05)


class Replica:
    """A consumer with the retries of what it parked."""

    name = "replica"

    def __init__(
        self,
        db: Database,
        broker: Broker,
        spec: ConsumerSpec,
        router: Router,
        retry_delays: Sequence[float],
        concurrency: int,
    ) -> None:
        self.parked = ParkedEvents(db)
        self.dead_letters = DeadLetters(broker, spec.durable)
        self.lease = Lease(db, "parked events", 1)
        pipeline = build_pipeline(router, self.parked, self.dead_letters, retry_delays)
        self.consumer = Consumer(broker, spec, pipeline.deliver, self.dead_letters, concurrency=concurrency)
        self.retries = ParkedEventRetries(self.parked, pipeline.retry, self.lease)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.consumer.run())
            group.create_task(self.retries.run())


def consumer_of(
    db: Database,
    broker: Broker,
    *handlers: Handler,
    service: str = "tickets",
    stream: str = "AUTH",
    retry_delays: Sequence[float] = RETRY_DELAYS,
    concurrency: int = 32,
) -> Replica:
    """Hands every SessionEnded to the handlers."""
    parts: list[Handlers] = [{SessionEnded: handler} for handler in handlers]
    router = router_of(service, *parts)
    return Replica(db, broker, _spec(service, stream), router, retry_delays, concurrency)


def consumers_with_replays(db: Database, broker: Broker, handler: Handler, service: str = "tickets") -> list[Replica]:
    """Of auth's stream, of what auth replays to the service alone, and of its own dead letters."""
    streams = ("AUTH", replays_of("auth"), replays_of(service))
    return [consumer_of(db, broker, handler, service=service, stream=stream) for stream in streams]


async def settled(brokers: Brokers, service: str = "tickets", stream: str = "AUTH") -> None:
    """Raises AssertionError while a message is not delivered or not acknowledged."""
    await assert_drained(_spec(service, stream), brokers.provisioner)


async def letters_of(broker: Broker, service: str = "tickets") -> list[DeadLetter]:
    """All of a service's dead letters."""
    return [letter async for letter in DeadLetters(broker, service).list()]


async def the_letter(broker: Broker) -> DeadLetter:
    """The only one of tickets. Raises AssertionError while there is none."""
    letters = await letters_of(broker)
    assert len(letters) == 1, letters
    return letters[0]


def _spec(service: str, stream: str) -> ConsumerSpec:
    (spec,) = (spec for spec in consumers_of(service) if spec.stream == stream)
    return spec
