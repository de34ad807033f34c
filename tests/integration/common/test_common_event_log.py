"""The event log keeps every event as it was, and no two in one place."""

import asyncio
from datetime import timedelta

from common.events.auth import OrganisationCreated
from common.ids import new_id
from common.mongo import Database
from common.outbox import EventLog, EventSelection
from tests.support.messaging import a_session_ended, envelope_of


async def test_appending_again_changes_nothing(db: Database) -> None:
    log = EventLog(db)
    first, second = a_session_ended(), a_session_ended()
    await log.append([first])
    altered = first.model_copy(update={"data": {"user_id": "somebody else"}})
    await asyncio.gather(*(log.append([altered, second]) for _ in range(10)))
    assert [event async for event in log.read(EventSelection())] == sorted([first, second], key=lambda event: event.id)


async def test_of_two_different_events_in_one_place_the_second_is_refused_and_named(db: Database) -> None:
    log = EventLog(db)
    event = a_session_ended()
    assert await log.append([event]) == set()
    impostor = event.model_copy(update={"id": new_id()})
    innocent = a_session_ended()
    assert await log.append([event, impostor, innocent]) == {impostor.id}
    assert {each.id async for each in log.read(EventSelection())} == {event.id, innocent.id}


async def test_a_slice_is_by_type_organisation_aggregate_and_time(db: Database) -> None:
    log = EventLog(db)
    ended = a_session_ended()
    at = ended.time + timedelta(hours=1)
    later = ended.model_copy(update={"id": new_id(at), "sequence": 2, "time": at})
    founded = envelope_of(OrganisationCreated(slug="north", name="North"))
    await log.append([later, founded, ended])

    async def read(wanted: EventSelection) -> list[object]:
        return [event.id async for event in log.read(wanted)]

    assert await read(EventSelection(type="auth.organisation.created")) == [founded.id]
    assert await read(EventSelection(organisation_id=ended.organisation_id)) == [ended.id, later.id]
    assert await read(EventSelection(aggregate_id=founded.aggregate_id)) == [founded.id]
    assert await read(EventSelection(since=later.time)) == [later.id]
    assert await read(EventSelection(until=later.time, aggregate_id=ended.aggregate_id)) == [ended.id]
    assert await read(EventSelection(since=ended.time, until=ended.time)) == []
