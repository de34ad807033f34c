"""One command, one write: the document and what it caused."""

import asyncio
from itertools import pairwise

import pytest
from pymongo.errors import DuplicateKeyError

from common.errors import NotFound, PreconditionFailed, VersionConflict
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from common.mongo import ClientSession, Database
from common.outbox import EventLog
from tests.integration.common.conftest import Brokers
from tests.integration.common.relaying import nothing_waits, relay_of
from tests.support.eventually import eventually
from tests.support.messaging import envelopes_in, messages_in, running
from tests.support.visits import ORGANISATION, Visit, knock


async def test_an_event_reaches_the_stream_and_the_log_once_and_leaves_the_document(
    db: Database, brokers: Brokers
) -> None:
    visit = await Visit.begin().commit()
    (waiting,) = (await db["visits"].find_one({"_id": visit.id}) or {})["outbox"]
    async with running(relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)):
        await eventually(lambda: nothing_waits(db))
    (message,) = await messages_in(brokers.provisioner, "AUTH")
    assert message.subject == f"auth.session.ended.v1.{ORGANISATION}.{visit.id}"
    assert (message.headers or {})["Nats-Msg-Id"] == str(waiting["id"])
    (logged,) = await EventLog(db).of_aggregate(visit.id)
    assert (await envelopes_in(brokers.provisioner, "AUTH")) == [logged]
    assert logged.id == waiting["id"]


async def test_fifty_writers_of_one_aggregate_lose_nothing_and_leave_no_gap(db: Database, brokers: Brokers) -> None:
    visit = await Visit.begin().commit()
    async with running(relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)):
        written = await asyncio.gather(*(knock(visit.id) for _ in range(50)))
        await eventually(lambda: nothing_waits(db))
    kept = await Visit.load(visit.id, ORGANISATION)
    assert (kept.knocks, kept.version, kept.sequence) == (51, 51, 51)
    assert sorted(each.version for each in written) == list(range(2, 52))
    events = await envelopes_in(brokers.provisioner, "AUTH")
    assert [event.sequence for event in events] == list(range(1, 52))
    assert all(earlier.id < later.id and earlier.time < later.time for earlier, later in pairwise(events))
    assert await EventLog(db).of_aggregate(visit.id) == events


async def test_events_of_one_command_are_in_order_even_within_one_millisecond(db: Database) -> None:
    visit = Visit.begin()
    for _ in range(20):
        visit.knock()
    await visit.commit()
    outbox = (await db["visits"].find_one({"_id": visit.id}) or {})["outbox"]
    assert [event["sequence"] for event in outbox] == list(range(1, 22))
    assert all(earlier["id"] < later["id"] and earlier["time"] < later["time"] for earlier, later in pairwise(outbox))


async def test_another_version_than_the_caller_has_seen_is_stale(db: Database) -> None:
    visit = await Visit.begin().commit()
    visit.require_version(None)
    visit.require_version(1)
    await knock(visit.id)
    changed = await Visit.load(visit.id, ORGANISATION)
    with pytest.raises(PreconditionFailed) as refusal:
        changed.require_version(1)
    assert refusal.value.extra == {"version": 2}


async def test_the_slower_of_two_writers_loses_and_leaves_nothing(db: Database) -> None:
    visit = await Visit.begin().commit()
    fast, slow = [await Visit.load(visit.id, ORGANISATION) for _ in range(2)]
    fast.knock()
    slow.knock()
    await fast.commit()
    with pytest.raises(VersionConflict):
        await slow.commit()
    kept = await db["visits"].find_one({"_id": visit.id}) or {}
    assert (kept["knocks"], kept["version"]) == (2, 2)
    assert [event["sequence"] for event in kept["outbox"]] == [1, 2]


async def test_what_nobody_is_shown_is_no_new_version_and_loses_no_race_in_silence(db: Database) -> None:
    visit = await Visit.begin().commit()
    slower = await Visit.load(visit.id, ORGANISATION)
    visit.whisper()
    await visit.commit()
    slower.whisper()

    with pytest.raises(VersionConflict):
        await slower.commit()

    kept = await Visit.load(visit.id, ORGANISATION)
    assert (kept.version, kept.sequence, kept.whispers) == (1, 2, 1)
    kept.whisper()
    kept.knock()
    assert (await kept.commit()).version == 2


async def test_a_write_that_fails_says_nothing(db: Database, brokers: Brokers) -> None:
    visit = await Visit.begin().commit()
    twin = Visit(id=visit.id, organisation_id=ORGANISATION)
    twin.knock()
    with pytest.raises(DuplicateKeyError):
        await twin.commit()
    async with running(relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)):
        await eventually(lambda: nothing_waits(db))
    assert len(await messages_in(brokers.provisioner, "AUTH")) == 1
    assert len(await EventLog(db).of_aggregate(visit.id)) == 1


async def test_a_commit_without_change_writes_nothing(db: Database) -> None:
    visit = await Visit.begin().commit()
    await (await Visit.load(visit.id, ORGANISATION)).commit()
    assert (await Visit.load(visit.id, ORGANISATION)).version == 1


async def test_another_organisations_aggregate_is_not_there(db: Database) -> None:
    visit = await Visit.begin().commit()
    with pytest.raises(NotFound):
        await Visit.load(visit.id, new_id())


async def test_a_change_in_a_transaction_is_committed_with_the_other_writes_or_not_at_all(db: Database) -> None:
    visit, other = await Visit.begin().commit(), await Visit.begin().commit()

    def knock_once(visit: Visit) -> None:
        visit.knock()

    async def knock_both(visit: Visit, session: ClientSession) -> int:
        visit.knock()
        await Visit.modify(other.id, ORGANISATION, knock_once, session=session)
        return visit.knocks

    async def fail(visit: Visit, session: ClientSession) -> None:
        await knock_both(visit, session)
        raise NotFound("after both writes")

    assert await Visit.modify_in_transaction(visit.id, ORGANISATION, knock_both, expected=1) == 2
    with pytest.raises(NotFound, match="after both"):
        await Visit.modify_in_transaction(visit.id, ORGANISATION, fail)
    with pytest.raises(PreconditionFailed):
        await Visit.modify_in_transaction(visit.id, ORGANISATION, knock_both, expected=1)
    assert {each.knocks async for each in Visit.find_all()} == {2}


async def test_a_filter_limits_which_aggregate_is_loaded(db: Database) -> None:
    visit, other = await Visit.begin().commit(), await Visit.begin().commit()
    assert (await Visit.load(visit.id, {"knocks": 1})).id == visit.id
    for scope in ({"knocks": 2}, {"_id": other.id}):
        with pytest.raises(NotFound):
            await Visit.load(visit.id, scope)
