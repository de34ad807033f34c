"""Waiting until nothing is on its way any more, so that a test can also say what did not happen."""

from common.messaging.broker import Broker
from common.messaging.topology import STREAMS, consumers_of
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

        await eventually(nothing_moves, within=30, every=0.05)


async def _said(broker: Broker) -> list[int]:
    return [(await broker.jetstream.stream_info(stream.name)).state.last_seq for stream in STREAMS]


async def _nothing_waits(running: RunningService, broker: Broker) -> None:
    service = running.service
    for collection in service.aggregate_collections:
        waiting = await running.db[collection].find_one({"outbox.0": {"$exists": True}})
        assert waiting is None, f"{service.name} has not published all of {collection} yet"
    for consumer in consumers_of(service.name):
        info = await broker.jetstream.consumer_info(consumer.stream, consumer.service)
        assert not info.num_pending, f"{service.name} was not given all of {consumer.stream} yet"
        assert not info.num_ack_pending, f"{service.name} has not handled all of {consumer.stream} yet"
