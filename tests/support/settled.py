"""Waiting until every event is published and handled, so that a test can assert what did not happen."""

import asyncio

from nats.js.errors import NotFoundError

from common.messaging.broker import Broker
from common.messaging.topology import STREAMS, ConsumerSpec, consumers_of
from tests.support.eventually import eventually
from tests.support.services import Installation, RunningService


async def wait_until_settled(installation: Installation, *services: RunningService) -> None:
    """Returns once these services have published all their events and handled all they subscribe to."""
    async with installation.connected("provisioner") as broker:

        async def settled() -> None:
            before = await _last_sequences(broker)
            for running in services:
                for collection in running.service.aggregate_collections:
                    pending = await running.db[collection].find_one({"outbox.0": {"$exists": True}})
                    assert pending is None, f"{running.service.name}.{collection} has unpublished events"
                parked = await running.db["parked_events"].find_one()
                assert parked is None, f"{running.service.name} has not handled {parked}"
                for consumer in consumers_of(running.service.name):
                    await assert_drained(consumer, broker)
            assert await _last_sequences(broker) == before, "an event was published meanwhile"

        await eventually(settled, within=90, every=0.05)


async def assert_drained(consumer: ConsumerSpec, broker: Broker) -> None:
    """Raises AssertionError while a message is not delivered to a consumer or not acknowledged by it."""
    info = await broker.jetstream.consumer_info(consumer.stream, consumer.durable)
    left = (info.num_pending, info.num_ack_pending)
    assert left == (0, 0), f"{consumer.durable} has (pending, unacknowledged) {left} of {consumer.stream}"
    # For a moment after a publish is confirmed, the consumer does not count the message as pending yet.
    delivered = info.delivered.stream_seq if info.delivered else 0
    newest = max(await asyncio.gather(*(_newest(consumer.stream, subject, broker) for subject in consumer.subjects)))
    assert delivered >= newest, f"{consumer.durable} received {delivered} of {consumer.stream}, and not {newest} yet"


async def _newest(stream: str, subject: str, broker: Broker) -> int:
    try:
        return (await broker.jetstream.get_last_msg(stream, subject)).seq or 0
    except NotFoundError:
        return 0


async def _last_sequences(broker: Broker) -> list[int]:
    return [(await broker.jetstream.stream_info(stream.name)).state.last_seq for stream in STREAMS]
