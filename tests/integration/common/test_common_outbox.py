"""One command, one write: the document and what it caused."""

import asyncio
from itertools import pairwise

import pytest
from pymongo.errors import DuplicateKeyError

from common.errors import NotFound, PreconditionFailed, Unavailable, VersionConflict
from common.events import FieldChange
from common.events.auth import Person, UserUpdated
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from common.mongo import ClientSession, Database
from tests.integration.common.conftest import Brokers
from tests.integration.common.relaying import nothing_waits, relay_of
from tests.support.eventually import eventually
from tests.support.messaging import envelopes_in, messages_in, read_event_log, running
from tests.support.sample_aggregate import ORGANISATION, Sample, change_sample


async def test_an_event_reaches_the_stream_and_the_log_once_and_leaves_the_document(
    db: Database, brokers: Brokers
) -> None:
    sample = await Sample.new().commit()
    (waiting,) = (await db["samples"].find_one({"_id": sample.id}) or {})["outbox"]
    async with running(relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)):
        await eventually(lambda: nothing_waits(db))
    (message,) = await messages_in(brokers.provisioner, "AUTH")
    assert message.subject == f"auth.session.ended.v1.{ORGANISATION}.{sample.id}"
    assert (message.headers or {})["Nats-Msg-Id"] == str(waiting["id"])
    (logged,) = await read_event_log(db, sample.id)
    assert (await envelopes_in(brokers.provisioner, "AUTH")) == [logged]
    assert logged.id == waiting["id"]


async def test_fifty_writers_of_one_aggregate_lose_nothing_and_leave_no_gap(db: Database, brokers: Brokers) -> None:
    sample = await Sample.new().commit()
    async with running(relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)):
        written = await asyncio.gather(*(change_sample(sample.id) for _ in range(50)))
        await eventually(lambda: nothing_waits(db))
    kept = await Sample.load(sample.id, ORGANISATION)
    assert (kept.changes, kept.version, kept.sequence) == (51, 51, 51)
    assert sorted(each.version for each in written) == list(range(2, 52))
    events = await envelopes_in(brokers.provisioner, "AUTH")
    assert [event.sequence for event in events] == list(range(1, 52))
    assert all(earlier.id < later.id and earlier.time < later.time for earlier, later in pairwise(events))
    assert await read_event_log(db, sample.id) == events


async def test_events_of_one_command_are_in_order_even_within_one_millisecond(db: Database) -> None:
    sample = Sample.new()
    for _ in range(20):
        sample.change()
    await sample.commit()
    outbox = (await db["samples"].find_one({"_id": sample.id}) or {})["outbox"]
    assert [event["sequence"] for event in outbox] == list(range(1, 22))
    assert all(earlier["id"] < later["id"] and earlier["time"] < later["time"] for earlier, later in pairwise(outbox))


async def test_an_aggregate_whose_waiting_events_are_too_large_is_unavailable_until_they_are_published(
    db: Database, brokers: Brokers
) -> None:
    """As while NATS is away. MongoDB refuses a document of more than 16 MB."""
    sample = await Sample.new().commit()
    person = Person(id=sample.id, email="casey@example.org", name="Casey", role="customer")
    longest = {"name": FieldChange(before="\U0001f600" * 20_000, after="\U0001f601" * 20_000)}

    async def change() -> None:
        changed = await Sample.load(sample.id, ORGANISATION)
        changed.record(UserUpdated(person=person, changes=longest), None)
        await changed.commit()

    async def change_often() -> None:
        for _ in range(120):
            await change()

    with pytest.raises(Unavailable, match="Try again"):
        await change_often()
    published = (await Sample.load(sample.id, ORGANISATION)).sequence
    async with running(relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)):
        await eventually(lambda: nothing_waits(db))
        await change()
        await eventually(lambda: nothing_waits(db))
    assert len(await messages_in(brokers.provisioner, "AUTH")) == published + 1


async def test_another_version_than_the_caller_has_seen_is_stale(db: Database) -> None:
    sample = await Sample.new().commit()
    sample.require_version(None)
    sample.require_version(1)
    await change_sample(sample.id)
    changed = await Sample.load(sample.id, ORGANISATION)
    with pytest.raises(PreconditionFailed) as refusal:
        changed.require_version(1)
    assert refusal.value.extra == {"version": 2}


async def test_the_slower_of_two_writers_loses_and_leaves_nothing(db: Database) -> None:
    sample = await Sample.new().commit()
    fast, slow = [await Sample.load(sample.id, ORGANISATION) for _ in range(2)]
    fast.change()
    slow.change()
    await fast.commit()
    with pytest.raises(VersionConflict):
        await slow.commit()
    kept = await db["samples"].find_one({"_id": sample.id}) or {}
    assert (kept["changes"], kept["version"]) == (2, 2)
    assert [event["sequence"] for event in kept["outbox"]] == [1, 2]


async def test_what_nobody_is_shown_is_no_new_version_and_loses_no_race_in_silence(db: Database) -> None:
    sample = await Sample.new().commit()
    slower = await Sample.load(sample.id, ORGANISATION)
    sample.change_hidden()
    await sample.commit()
    slower.change_hidden()

    with pytest.raises(VersionConflict):
        await slower.commit()

    kept = await Sample.load(sample.id, ORGANISATION)
    assert (kept.version, kept.sequence, kept.hidden_changes) == (1, 2, 1)
    kept.change_hidden()
    kept.change()
    assert (await kept.commit()).version == 2


async def test_a_write_that_fails_says_nothing(db: Database, brokers: Brokers) -> None:
    sample = await Sample.new().commit()
    twin = Sample(id=sample.id, organisation_id=ORGANISATION)
    twin.change()
    with pytest.raises(DuplicateKeyError):
        await twin.commit()
    async with running(relay_of(db, JetStreamPublisher(brokers.auth), brokers.auth)):
        await eventually(lambda: nothing_waits(db))
    assert len(await messages_in(brokers.provisioner, "AUTH")) == 1
    assert len(await read_event_log(db, sample.id)) == 1


async def test_a_commit_without_change_writes_nothing(db: Database) -> None:
    sample = await Sample.new().commit()
    await (await Sample.load(sample.id, ORGANISATION)).commit()
    assert (await Sample.load(sample.id, ORGANISATION)).version == 1


async def test_another_organisations_aggregate_is_not_there(db: Database) -> None:
    sample = await Sample.new().commit()
    with pytest.raises(NotFound):
        await Sample.load(sample.id, new_id())


async def test_a_change_in_a_transaction_is_committed_with_the_other_writes_or_not_at_all(db: Database) -> None:
    sample, other = await Sample.new().commit(), await Sample.new().commit()

    def change_once(sample: Sample) -> None:
        sample.change()

    async def change_both(sample: Sample, session: ClientSession) -> int:
        sample.change()
        await Sample.modify(other.id, ORGANISATION, change_once, session=session)
        return sample.changes

    async def fail(sample: Sample, session: ClientSession) -> None:
        await change_both(sample, session)
        raise NotFound("after both writes")

    assert await Sample.modify_in_transaction(sample.id, ORGANISATION, change_both, expected=1) == 2
    with pytest.raises(NotFound, match="after both"):
        await Sample.modify_in_transaction(sample.id, ORGANISATION, fail)
    with pytest.raises(PreconditionFailed):
        await Sample.modify_in_transaction(sample.id, ORGANISATION, change_both, expected=1)
    assert {each.changes async for each in Sample.find_all()} == {2}


async def test_a_filter_limits_which_aggregate_is_loaded(db: Database) -> None:
    sample, other = await Sample.new().commit(), await Sample.new().commit()
    assert (await Sample.load(sample.id, {"changes": 1})).id == sample.id
    for scope in ({"changes": 2}, {"_id": other.id}):
        with pytest.raises(NotFound):
            await Sample.load(sample.id, scope)
