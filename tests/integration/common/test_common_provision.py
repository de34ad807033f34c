"""NATS is made to look like topology.py, as often as one likes."""

from dataclasses import replace
from typing import Any

from common.messaging.provision import provision
from common.messaging.publisher import JetStreamPublisher
from common.messaging.topology import CONSUMERS, STREAMS
from common.mongo import Database
from tests.integration.common.conftest import Brokers
from tests.integration.common.listening import consumer_of, settled
from tests.integration.common.relaying import nothing_waits, relay_of
from tests.support.eventually import eventually
from tests.support.messaging import RecordingHandler, a_session_ended, running
from tests.support.sample_aggregate import Sample


async def as_it_is(brokers: Brokers) -> dict[str, Any]:
    """Configuration and creation time of everything, and how far each stream and consumer has come."""
    jetstream = brokers.provisioner.jetstream
    found: dict[str, Any] = {}
    for stream in await jetstream.streams_info():
        name = stream.config.name or ""
        found[name] = (stream.config, stream.created, stream.state.last_seq)
        for consumer in await jetstream.consumers_info(name):
            found[f"{name}/{consumer.name}"] = (consumer.config, consumer.created, consumer.ack_floor)
    return found


async def test_all_of_topology_is_there(brokers: Brokers) -> None:
    assert set(await as_it_is(brokers)) == {stream.name for stream in STREAMS} | {
        f"{consumer.stream}/{consumer.durable}" for consumer in CONSUMERS
    }


async def test_done_again_it_changes_nothing(db: Database, brokers: Brokers) -> None:
    await JetStreamPublisher(brokers.auth).publish(a_session_ended())
    async with running(consumer_of(db, brokers.tickets, RecordingHandler())):
        await eventually(lambda: settled(brokers))
    before = await as_it_is(brokers)
    await provision(brokers.provisioner.jetstream)
    assert await as_it_is(brokers) == before


async def test_a_changed_filter_reaches_the_durable_that_exists(brokers: Brokers) -> None:
    (heard,) = (spec for spec in CONSUMERS if (spec.stream, spec.durable) == ("AUTH", "tickets"))
    changed = replace(heard, subjects=("auth.user.registered.v1.>",))
    before = await brokers.tickets.jetstream.consumer_info("AUTH", "tickets")
    await provision(brokers.provisioner.jetstream, consumers=[changed])
    after = await brokers.tickets.jetstream.consumer_info("AUTH", "tickets")
    assert after.created == before.created
    assert after.config.filter_subjects == ["auth.user.registered.v1.>"]


async def test_a_stream_keeps_its_messages_when_its_limits_change(brokers: Brokers) -> None:
    await JetStreamPublisher(brokers.auth).publish(a_session_ended())
    await provision(brokers.provisioner.jetstream, streams=[replace(spec, max_age_days=7) for spec in STREAMS])
    info = await brokers.provisioner.jetstream.stream_info("AUTH")
    assert (info.config.max_age, info.state.messages) == (7 * 24 * 3600, 1)


async def test_a_full_stream_keeps_what_it_has_and_events_wait_until_it_is_enlarged(
    db: Database, brokers: Brokers
) -> None:
    small = [replace(spec, max_bytes=8_000) for spec in STREAMS if spec.name == "AUTH"]
    await provision(brokers.provisioner.jetstream, streams=small, consumers=[])
    samples = [await Sample.new().commit() for _ in range(40)]
    relay = relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)

    async with running(relay):

        async def full() -> int:
            info = await brokers.provisioner.jetstream.stream_info("AUTH")
            waiting = await db["samples"].count_documents({"outbox.0": {"$exists": True}})
            assert 0 < info.state.messages == len(samples) - waiting < len(samples)
            return info.state.first_seq

        assert await eventually(full) == 1
        assert await db["samples"].count_documents({"held_back": {"$exists": True}}) == 0

        await provision(brokers.provisioner.jetstream, consumers=[])
        await eventually(lambda: nothing_waits(db))

    info = await brokers.provisioner.jetstream.stream_info("AUTH")
    assert (info.state.first_seq, info.state.messages) == (1, len(samples))


async def test_a_stream_takes_no_message_that_is_larger_than_any_event(brokers: Brokers) -> None:
    for stream in await brokers.provisioner.jetstream.streams_info():
        assert 0 < (stream.config.max_msg_size or 0) <= 1024**2
        assert (stream.config.max_bytes or 0) > 0
