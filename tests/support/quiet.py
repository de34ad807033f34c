"""Waiting until nothing is on its way any more, so that a test can also say what did not happen."""

import asyncio

from nats.js.errors import NotFoundError

from common.messaging.broker import Broker
from common.messaging.topology import STREAMS, ConsumerSpec, consumers_of
from tests.support.eventually import eventually
from tests.support.services import Installation, RunningService


async def quiet(installation: Installation, *services: RunningService) -> None:
    """Returns once these services have published all they know and handled all they hear."""
    async with installation.connected("provisioner") as broker:

        async def nothing_moves() -> None:
            before = await _said(broker)
            for running in services:
                await _nothing_waits(running, broker)
            assert await _said(broker) == before, "something was published meanwhile"

        await eventually(nothing_moves, within=90, every=0.05)


async def _said(broker: Broker) -> list[int]:
    return [(await broker.jetstream.stream_info(stream.name)).state.last_seq for stream in STREAMS]


async def _nothing_waits(running: RunningService, broker: Broker) -> None:
    service = running.service
    for collection in service.aggregate_collections:
        waiting = await running.db[collection].find_one({"outbox.0": {"$exists": True}})
        assert waiting is None, f"{service.name} has not published all of {collection} yet"
    for consumer in consumers_of(service.name):
        await all_handled(consumer, broker)
    parked = await running.db["parked_events"].find_one()
    assert parked is None, f"{service.name} has not handled {parked} yet"


async def all_handled(consumer: ConsumerSpec, broker: Broker) -> None:
    """Raises AssertionError while a message is not delivered to a consumer or not acknowledged by it."""
    info = await broker.jetstream.consumer_info(consumer.stream, consumer.durable)
    left = (info.num_pending, info.num_ack_pending)
    assert left == (0, 0), f"{consumer.durable} has (pending, unacknowledged) {left} of {consumer.stream}"
    # For a moment after a publish is confirmed, the consumer does not count the message as pending yet.
    given = info.delivered.stream_seq if info.delivered else 0
    newest = await _newest_for(consumer, broker)
    assert given >= newest, f"{consumer.durable} was given {given} of {consumer.stream}, and not {newest} yet"


async def _newest_for(consumer: ConsumerSpec, broker: Broker) -> int:
    """The sequence of the last message that the consumer is to get, 0 when there is none."""

    async def last(subject: str) -> int:
        try:
            return (await broker.jetstream.get_last_msg(consumer.stream, subject)).seq or 0
        except NotFoundError:
            return 0

    return max(await asyncio.gather(*map(last, consumer.subjects)))
