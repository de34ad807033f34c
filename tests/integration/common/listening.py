"""A consumer as tickets has it, around the handler under test, and what became of the messages."""

from common.events.auth import SessionEnded
from common.messaging.attempts import DeliveryAttempts
from common.messaging.broker import Broker
from common.messaging.consumer import Consumer
from common.messaging.dead_letter import DeadLetter, DeadLetters
from common.messaging.router import Handler
from common.messaging.topology import REPLAYS, ConsumerSpec, consumers_of
from common.mongo import Database
from tests.integration.common.conftest import Brokers
from tests.support.messaging import router_of
from tests.support.quiet import all_handled

RETRY_DELAYS = (0.02, 0.05)


def consumer_of(
    db: Database,
    broker: Broker,
    handler: Handler,
    *,
    service: str = "tickets",
    stream: str = "AUTH",
    retry_delays: tuple[float, ...] = RETRY_DELAYS,
    concurrency: int = 32,
) -> Consumer:
    """Hands every SessionEnded to `handler`."""
    return Consumer(
        broker,
        _spec(service, stream),
        router_of(service, {SessionEnded: handler}),
        DeliveryAttempts(db),
        DeadLetters(broker, service),
        retry_delays=retry_delays,
        concurrency=concurrency,
    )


def consumers_with_replays(db: Database, broker: Broker, handler: Handler, service: str = "tickets") -> list[Consumer]:
    """Both of the service's: of auth's stream, and of what is replayed to it alone."""
    return [consumer_of(db, broker, handler, service=service, stream=stream) for stream in ("AUTH", REPLAYS)]


async def settled(brokers: Brokers, service: str = "tickets", stream: str = "AUTH") -> None:
    """Raises AssertionError while a message is not delivered or not acknowledged."""
    await all_handled(_spec(service, stream), brokers.provisioner)


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
