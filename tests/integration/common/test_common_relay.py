"""The relay: whatever happens to it or around it, each event is published, once, in order."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from bson import Decimal128
from bson.datetime_ms import DatetimeMS
from prometheus_client import REGISTRY

from common.events import Envelope
from common.ids import new_id
from common.lease import Lease
from common.messaging.broker import Broker
from common.messaging.provision import provision
from common.messaging.publisher import JetStreamPublisher
from common.mongo import Database
from common.outbox import EventLog
from common.outbox.batch import BATCH
from common.outbox.held_back import HeldBack, held_back
from common.outbox.lag import measure_lag
from tests.integration.common.conftest import Brokers
from tests.integration.common.relaying import Memory, Publisher, nothing_waits, relay_of
from tests.support.eventually import eventually
from tests.support.messaging import a_session_ended, envelopes_in, messages_in, read_event_log, running
from tests.support.sample_aggregate import Sample, change_sample
from tests.support.servers import PASSWORD, nats_server
from tests.support.subprocesses import running_server


class StuckAfterPublishing:
    """A publisher that never returns: what happens next, the relay does not live to do."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.published = asyncio.Event()

    async def publish(self, envelope: Envelope) -> None:
        await self._publisher.publish(envelope)
        self.published.set()
        await asyncio.Event().wait()


def metric(name: str) -> float:
    value = REGISTRY.get_sample_value(name)
    assert value is not None, name
    return value


def in_order_per_aggregate(events: Sequence[Envelope]) -> bool:
    sequences = defaultdict(list)
    for event in events:
        sequences[event.aggregate_id].append(event.sequence)
    return all(found == list(range(1, len(found) + 1)) for found in sequences.values())


async def test_while_nats_is_away_commands_work_and_afterwards_all_is_published_once_in_order(
    db: Database, tmp_path: Path
) -> None:
    server = nats_server(tmp_path)
    auth, provisioner = (Broker(server.url, f"{user}-0", PASSWORD, name="test") for user in ("auth", "provisioner"))
    async with running_server(server, tmp_path / "log") as nats:
        await auth.connect()
        await provisioner.connect()
        await provision(provisioner.jetstream)
        async with running(relay_of(db, JetStreamPublisher(auth))):
            samples = [await Sample.new().commit() for _ in range(5)]
            await eventually(lambda: nothing_waits(db))
            await nats.stop()
            await asyncio.gather(*(change_sample(sample.id) for sample in samples for _ in range(4)))

            async def all_logged_and_lag_measured() -> None:
                assert await db["events"].count_documents({}) == 25
                assert metric("helpdesk_relay_waiting_documents") == 5
                assert metric("helpdesk_relay_lag_seconds") > 0

            await eventually(all_logged_and_lag_measured)
            await nats.start()
            await eventually(lambda: nothing_waits(db))

            async def no_lag() -> None:
                assert metric("helpdesk_relay_waiting_documents") == metric("helpdesk_relay_lag_seconds") == 0

            await eventually(no_lag)

            async def reconnected() -> None:
                assert provisioner.problem is None

            await eventually(reconnected)
            events = await envelopes_in(provisioner, "AUTH")
        await auth.close()
        await provisioner.close()
    assert len(events) == len({event.id for event in events}) == 25
    assert in_order_per_aggregate(events)


async def test_killed_between_publishing_and_clearing_it_publishes_again_but_the_stream_has_it_once(
    db: Database, brokers: Brokers
) -> None:
    await Sample.new().commit()
    stuck = StuckAfterPublishing(JetStreamPublisher(brokers.auth))
    async with running(relay_of(db, stuck)):
        await asyncio.wait_for(stuck.published.wait(), 15)
    assert await db["samples"].count_documents({"outbox.0": {"$exists": True}}) == 1
    published_again = metric_of_published()
    async with running(relay_of(db, JetStreamPublisher(brokers.auth))):
        await eventually(lambda: nothing_waits(db))
    assert metric_of_published() == published_again + 1
    assert len(await messages_in(brokers.provisioner, "AUTH")) == 1
    assert await db["events"].count_documents({}) == 1


def metric_of_published() -> float:
    return REGISTRY.get_sample_value("helpdesk_relay_published_total", {"type": "auth.session.ended"}) or 0


async def test_killed_before_publishing_it_has_logged_but_published_nothing_and_goes_on_later(db: Database) -> None:
    sample = await Sample.new().commit()
    (event,) = (await db["samples"].find_one({"_id": sample.id}) or {})["outbox"]
    memory = Memory(refused=[event["id"]])
    async with running(relay_of(db, memory)):

        async def refused() -> None:
            assert not memory.refused

        await eventually(refused)
        assert await db["events"].count_documents({}) == 1
        await eventually(lambda: nothing_waits(db))
    assert [each.id for each in memory.published] == [event["id"]]


async def test_what_did_not_get_through_holds_up_only_its_own_aggregate(db: Database) -> None:
    first, second = [await Sample.new().commit() for _ in range(2)]
    for _ in range(3):
        await change_sample(first.id)
    await change_sample(second.id)
    outbox = (await db["samples"].find_one({"_id": first.id}) or {})["outbox"]
    memory = Memory(refused=[outbox[1]["id"]])
    async with running(relay_of(db, memory)):
        await eventually(lambda: nothing_waits(db))
    assert len(memory.published) == 6
    assert in_order_per_aggregate(memory.published)
    position = {(event.aggregate_id, event.sequence): at for at, event in enumerate(memory.published)}
    assert position[second.id, 2] < position[first.id, 2]


async def test_more_than_one_batch_is_drained(db: Database) -> None:
    await asyncio.gather(*(Sample.new().commit() for _ in range(BATCH + 20)))
    memory = Memory()
    async with running(relay_of(db, memory)):
        await eventually(lambda: nothing_waits(db))
    assert len({event.id for event in memory.published}) == len(memory.published) == BATCH + 20


async def test_its_queries_read_the_outbox_index_alone_among_thousands_of_documents(db: Database) -> None:
    await db["samples"].insert_many([{"_id": new_id(), "outbox": []} for _ in range(3000)])
    samples = [Sample.new() for _ in range(3)]
    # Refused once, so that they are also measured while they wait.
    memory = Memory(refused=[sample.change().id for sample in samples])
    for sample in samples:
        await sample.commit()
    await db.command("profile", 2)
    try:
        async with running(relay_of(db, memory)):

            async def published() -> None:
                assert len(memory.published) == 6

            await eventually(published)
        asked = {"$or": [{f"command.{verb}": "samples"} for verb in ("find", "aggregate")]}
        await db.command("profile", 0)
        queries = await db["system.profile"].find(asked).to_list()
    finally:
        await db.command("profile", 0)
        await db["system.profile"].drop()
    assert {query["op"] for query in queries} == {"query", "command"}
    assert {query["planSummary"] for query in queries} == {"IXSCAN { outbox.0.id: 1 }"}
    assert max(query["docsExamined"] for query in queries) <= 3
    assert not any(query.get("hasSortStage") for query in queries)


async def test_of_two_relays_one_publishes_and_the_other_takes_over_when_it_stops(db: Database) -> None:
    memories = [Memory(), Memory()]
    async with running(*(relay_of(db, memory) for memory in memories)) as tasks:
        for _ in range(10):
            await Sample.new().commit()
            await eventually(lambda: nothing_waits(db))
        assert sorted(len(memory.published) for memory in memories) == [0, 10]
        busy = 0 if memories[0].published else 1
        tasks[busy].cancel()
        await asyncio.wait([tasks[busy]])
        await Sample.new().commit()
        await eventually(lambda: nothing_waits(db))
        assert (len(memories[busy].published), len(memories[1 - busy].published)) == (10, 1)


async def test_a_relay_that_was_killed_is_followed_when_its_lease_ends(db: Database) -> None:
    killed = Lease(db, "relay", 1)
    assert await killed.take()
    await Sample.new().commit()
    memory = Memory()
    async with running(relay_of(db, memory)):
        await eventually(lambda: nothing_waits(db))
    assert len(memory.published) == 1
    assert not await read_event_log(db, memory.published[0].id)


async def test_the_lag_leaves_out_an_event_whose_time_python_cannot_represent(db: Database) -> None:
    unreadable, _other = [await Sample.new().commit() for _ in range(2)]
    await db["samples"].update_one({"_id": unreadable.id}, {"$set": {"outbox.0.time": DatetimeMS(2**60)}})
    await measure_lag(db, ["samples"])
    assert metric("helpdesk_relay_waiting_documents") == 2
    assert 0 < metric("helpdesk_relay_lag_seconds") < 60


async def held_aggregates(db: Database) -> dict[UUID, HeldBack]:
    return {each.aggregate_id: each async for each in held_back(db, ["samples"])}


async def test_an_aggregate_that_contradicts_the_log_is_held_back_and_others_go_on(db: Database) -> None:
    restored, other = [await Sample.new().commit() for _ in range(2)]
    await EventLog(db).append([a_session_ended(restored.id, sequence=1)])
    memory = Memory()
    async with running(relay_of(db, memory)):

        async def others_published() -> None:
            assert [event.aggregate_id for event in memory.published] == [other.id]
            assert metric("helpdesk_relay_held_back_documents") == 1
            assert metric("helpdesk_relay_waiting_documents") == 1
            assert metric("helpdesk_relay_lag_seconds") == 0

        await eventually(others_published)
    kept = await db["samples"].find_one({"_id": restored.id}) or {}
    assert [event["sequence"] for event in kept["outbox"]] == [1]
    assert "another event with sequence 1" in (await held_aggregates(db))[restored.id].reason


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param({"outbox.0": "nonsense"}, "unreadable", id="no event"),
        pytest.param({"outbox.0.id": "nonsense"}, "unreadable", id="no id"),
        pytest.param({"outbox.0.sequence": None}, "unreadable", id="no sequence"),
        pytest.param({"outbox.0.time": DatetimeMS(2**60)}, "unreadable", id="a time that Python cannot represent"),
        pytest.param({"outbox.0.data": {"at": Decimal128("1")}}, "not JSON serializable", id="data that is no JSON"),
        pytest.param({"outbox.0.data": {"text": "x" * 2**21}}, "bytes; NATS takes", id="larger than NATS takes"),
        pytest.param(
            {"outbox.0.data": {"text": "x" * (2**20 - 100)}}, "bytes; NATS takes", id="too large with headers"
        ),
        pytest.param({"outbox.0.type": "tickets.ticket.created"}, "auth may not publish", id="of another service"),
        pytest.param({"outbox.0.type": "auth.user .created"}, "BadSubjectError", id="a subject that NATS forbids"),
    ],
)
async def test_an_event_that_cannot_be_published_holds_back_only_its_aggregate_and_an_operator_sees_why(
    db: Database, brokers: Brokers, change: dict[str, Any], reason: str
) -> None:
    refused, other = [await Sample.new().commit() for _ in range(2)]
    original = await db["samples"].find_one({"_id": refused.id}) or {}
    await db["samples"].update_one({"_id": refused.id}, {"$set": change})
    async with running(relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)):

        async def held() -> HeldBack:
            found = await held_aggregates(db)
            assert found.keys() == {refused.id}
            assert found[refused.id].attempts >= 2
            assert metric("helpdesk_relay_held_back_documents") == 1
            return found[refused.id]

        assert reason in (await eventually(held)).reason
        later = await Sample.new().commit()

        async def others_published() -> None:
            published = {event.aggregate_id for event in await envelopes_in(brokers.provisioner, "AUTH")}
            assert published == {other.id, later.id}

        await eventually(others_published)
        # Once the cause is gone it goes on by itself.
        await db["events"].delete_many({"aggregate_id": refused.id})
        await db["samples"].update_one({"_id": refused.id}, {"$set": {"outbox": original["outbox"]}})
        await eventually(lambda: nothing_waits(db))
        assert len(await messages_in(brokers.provisioner, "AUTH")) == 3
        assert await held_aggregates(db) == {}


async def test_documents_that_were_just_cleared_are_not_read_again_and_again(db: Database) -> None:
    samples = [Sample.new() for _ in range(10 * BATCH)]
    await db["samples"].insert_many([sample.to_insert() for sample in samples])
    memory = Memory()
    relay = relay_of(db, memory)
    await db.command("profile", 2)
    try:
        await relay.drain(["samples"])
        await db.command("profile", 0)
        reads = await db["system.profile"].count_documents(
            {
                "$or": [
                    {"command.find": "samples"},
                    {"command.getMore": {"$exists": True}, "command.collection": "samples"},
                ]
            }
        )
    finally:
        await db.command("profile", 0)
        await db["system.profile"].drop()
    assert len(memory.published) == 10 * BATCH
    assert reads <= 11
    last = await Sample.new().commit()
    await relay.drain(["samples"])
    assert memory.published[-1].aggregate_id == last.id
    assert len(memory.published) == 10 * BATCH + 1
