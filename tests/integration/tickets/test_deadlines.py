"""What becomes of tickets by themselves when nobody looks after them in time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from common import clock
from common.events import Envelope
from common.events.tickets import TicketEscalated, TicketStatusChanged
from common.lease import Lease
from tests.support.desk import Desk, ok
from tests.support.eventually import eventually
from tests.support.messaging import running
from tests.support.people import Person, make_person
from tests.support.services import RunningService
from tickets.deadlines import sweeper
from tickets.deadlines.deadline import AUTO_CLOSE, DEADLINES, ESCALATION
from tickets.deadlines.sweeper import Sweeper
from tickets.deadlines.waits import rebuild_waits

pytestmark = pytest.mark.asyncio(loop_scope="module")

ANY_MOMENT = timedelta(minutes=1)
"""Within which a test is over."""


@pytest_asyncio.fixture(loop_scope="module")
async def admin(desk: Desk) -> Person:
    return await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)


@pytest_asyncio.fixture(scope="module", loop_scope="module", autouse=True)
async def _nobody_else_sweeps(services: tuple[RunningService, RunningService]) -> None:
    """The service's own sweepers find that another replica holds their lease: what happens is what a test does."""
    taken = {"holder": "another replica", "until": clock.now() + timedelta(hours=1)}
    for deadline in DEADLINES:
        await services[1].db["leases"].update_one({"_id": deadline.name}, {"$set": taken}, upsert=True)


async def aged(desk: Desk, ticket: dict[str, Any], ago: dict[str, timedelta]) -> None:
    """Makes it look as if these times of it lay so long ago."""
    times = {name: clock.now() - by for name, by in ago.items()}
    await desk.tickets.db["tickets"].update_one({"_id": UUID(ticket["id"])}, {"$set": times})


async def old_ticket(desk: Desk, *statuses: str, age: timedelta = timedelta(hours=24)) -> dict[str, Any]:
    """Moved through these statuses. If it waits for the desk now, it has waited so long."""
    ticket = await desk.change_status(desk.agent, await desk.ticket(), *statuses)
    await aged(desk, ticket, {"created_at": age})
    if (await stored(desk, ticket))["wait"]["since"] is not None:
        await aged(desk, ticket, {"wait.since": age, "wait.began_at": age})
    return await desk.get(desk.agent, ticket)


async def swept(desk: Desk) -> int:
    """Escalates what is due, in this and other organisations."""
    return await Sweeper(desk.tickets.db, ESCALATION).sweep()


async def stored(desk: Desk, ticket: dict[str, Any]) -> dict[str, Any]:
    """All there is of it, but for what happens after a commit: its events are published, and it gets a position."""
    found = await desk.tickets.db["tickets"].find_one({"_id": UUID(ticket["id"])}, {"outbox": 0, "position": 0})
    assert found is not None
    return found


async def escalations(desk: Desk, ticket: dict[str, Any], length: int) -> list[Envelope]:
    """What was said of its escalation, once its history has so many events."""
    return [event for event in await desk.logged_events(ticket, length=length) if event.type == TicketEscalated.type]


@pytest.mark.parametrize("path", [(), ("open",), ("in_progress",), ("pending", "open"), ("resolved", "open")])
async def test_a_ticket_that_has_waited_for_the_desk_for_a_day_is_escalated_once(
    desk: Desk, path: tuple[str, ...]
) -> None:
    ticket = await old_ticket(desk, *path)

    assert await swept(desk) == 1

    escalated = await desk.get(desk.customer, ticket)
    assert escalated["escalated_at"] == escalated["updated_at"] > ticket["updated_at"]
    assert (escalated["status"], escalated["version"]) == (ticket["status"], ticket["version"] + 1)
    (event,) = await escalations(desk, ticket, escalated["version"])
    assert event.actor is None
    assert TicketEscalated.model_validate(event.data).ticket.id == UUID(ticket["id"])

    before = await stored(desk, ticket)
    assert await swept(desk) == 0
    assert await stored(desk, ticket) == before


@pytest.mark.parametrize("path", [("pending",), ("resolved",), ("closed",), ("resolved", "closed")])
async def test_what_is_pending_resolved_or_closed_is_left_alone(desk: Desk, path: tuple[str, ...]) -> None:
    ticket = await old_ticket(desk, *path)

    assert await swept(desk) == 0
    assert await desk.get(desk.agent, ticket) == ticket


@pytest.mark.parametrize("fields", [{"status": "merged"}, {"deleted_at": clock.now()}])
async def test_what_is_merged_or_deleted_is_left_alone(desk: Desk, fields: dict[str, Any]) -> None:
    ticket = await old_ticket(desk)
    await desk.tickets.db["tickets"].update_one({"_id": UUID(ticket["id"])}, {"$set": fields})

    before = await stored(desk, ticket)
    assert await swept(desk) == 0
    assert await stored(desk, ticket) == before


async def test_a_ticket_has_the_whole_day(desk: Desk) -> None:
    early = await old_ticket(desk, age=timedelta(hours=24) - ANY_MOMENT)
    late = await old_ticket(desk, age=timedelta(hours=24))

    await swept(desk)

    assert (await desk.get(desk.agent, early))["escalated_at"] is None
    assert (await desk.get(desk.agent, late))["escalated_at"] is not None


@pytest.mark.parametrize("path", [("resolved", "open"), ("pending", "resolved", "open"), ("closed", "open")])
async def test_a_reopened_ticket_waits_anew_and_is_escalated_again(desk: Desk, path: tuple[str, ...]) -> None:
    ticket = await old_ticket(desk)
    await swept(desk)
    ticket = await desk.change_status(desk.agent, ticket, *path)

    assert ticket["escalated_at"] is None
    assert await swept(desk) == 0
    assert await desk.get(desk.agent, ticket) == ticket

    await aged(desk, ticket, {"wait.since": timedelta(hours=24)})
    assert await swept(desk) == 1
    assert await swept(desk) == 0


async def test_time_while_pending_does_not_count(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "open")
    await aged(desk, ticket, {"wait.since": timedelta(hours=23)})
    ticket = await desk.change_status(desk.agent, ticket, "pending")
    hour_ms = 3_600_000
    assert 22 * hour_ms < (await stored(desk, ticket))["wait"]["waited_ms"] < 24 * hour_ms

    await desk.wrote(desk.customer, ticket, "Here you are.")
    assert await swept(desk) == 0

    await desk.tickets.db["tickets"].update_one(
        {"_id": UUID(ticket["id"])}, [{"$set": {"wait.since": {"$subtract": ["$wait.since", hour_ms]}}}]
    )
    assert await swept(desk) == 1


async def test_the_stored_wait_can_be_folded_again_from_the_event_log(desk: Desk) -> None:
    tickets = [
        await desk.change_status(desk.agent, await desk.ticket(), *path)
        for path in ([], ["pending"], ["resolved", "open"], ["open", "pending", "in_progress"])
    ]
    for ticket in tickets:
        await desk.logged_events(ticket, length=ticket["version"])
    before = [(await stored(desk, ticket))["wait"] for ticket in tickets]
    lost = {"_id": {"$in": [UUID(ticket["id"]) for ticket in tickets]}}
    await desk.tickets.db["tickets"].update_many(lost, {"$unset": {"wait": ""}})

    assert await rebuild_waits(desk.tickets.db) >= len(tickets)
    assert await rebuild_waits(desk.tickets.db) == 0

    assert [(await stored(desk, ticket))["wait"] for ticket in tickets] == before


async def test_each_organisation_has_its_own_time(desk: Desk, admin: Person) -> None:
    ticket = await old_ticket(desk, age=timedelta(hours=2))
    assert await swept(desk) == 0

    ok(await desk.call(admin, "PUT", "/settings", json={"escalation_hours": 3}))
    assert await swept(desk) == 0
    ok(await desk.call(admin, "PUT", "/settings", json={"escalation_hours": 2}))
    assert await swept(desk) == 1

    assert (await desk.get(desk.agent, ticket))["escalated_at"] is not None


async def test_many_are_escalated_in_one_sweep_and_one_that_can_not_be_read_is_not_in_the_way(desk: Desk) -> None:
    tickets = [await old_ticket(desk, age=timedelta(days=1, minutes=n)) for n in range(2 * sweeper.BATCH + 3)]
    broken = UUID(tickets[-1]["id"])  # the one that waits longest
    await desk.tickets.db["tickets"].update_one({"_id": broken}, {"$set": {"priority": "whatever"}})

    assert await swept(desk) == len(tickets) - 1

    await desk.tickets.db["tickets"].update_one({"_id": broken}, {"$set": {"priority": "low"}})
    assert await swept(desk) == 1


async def test_what_somebody_resolves_at_the_same_moment_is_escalated_before_or_not_at_all(desk: Desk) -> None:
    tickets = [await old_ticket(desk) for _ in range(12)]

    sweep = asyncio.create_task(swept(desk))
    moved = await asyncio.gather(*(desk.move(desk.agent, each, "resolved") for each in tickets))
    count = await sweep

    assert {answer.status_code for answer in moved} == {200}
    now = [await desk.get(desk.agent, each) for each in tickets]
    assert {each["status"] for each in now} == {"resolved"}
    escalated = [each for each in now if each["escalated_at"] is not None]
    assert len(escalated) == count
    for each in now:
        *_, last = await desk.logged_events(each, length=each["version"])
        assert last.action == "ticket.status_changed"


async def test_sweepers_at_once_escalate_each_ticket_once(desk: Desk) -> None:
    tickets = [await old_ticket(desk) for _ in range(30)]

    counts = await asyncio.gather(*(swept(desk) for _ in range(5)))
    await swept(desk)  # what all of them lost to each other at the same moment

    assert sum(counts) <= len(tickets)
    for each in tickets:
        assert len(await escalations(desk, each, 2)) == 1


async def test_a_ticket_that_has_been_resolved_for_a_week_closes_by_itself(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "open", "resolved")
    await aged(desk, ticket, {"resolved_at": timedelta(days=7)})
    younger = await desk.change_status(desk.agent, await desk.ticket(), "resolved")
    await aged(desk, younger, {"resolved_at": timedelta(days=7) - ANY_MOMENT})
    closing = Sweeper(desk.tickets.db, AUTO_CLOSE)

    assert await closing.sweep() == 1
    assert await closing.sweep() == 0

    closed = await desk.get(desk.customer, ticket)
    assert (closed["status"], closed["version"]) == ("closed", ticket["version"] + 1)
    assert (await desk.get(desk.agent, younger))["status"] == "resolved"
    *_, event = await desk.logged_events(closed, length=closed["version"])
    said = TicketStatusChanged.model_validate(event.data)
    assert (said.before, said.after, said.reason, event.actor) == ("resolved", "closed", "inactivity", None)


async def test_a_ticket_that_came_back_starts_its_week_anew(desk: Desk, admin: Person) -> None:
    ok(await desk.call(admin, "PUT", "/settings", json={"auto_close_days": 1}))
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "resolved")
    await aged(desk, ticket, {"resolved_at": timedelta(days=2)})
    ticket = await desk.change_status(desk.agent, ticket, "open", "resolved")

    assert await Sweeper(desk.tickets.db, AUTO_CLOSE).sweep() == 0
    assert await desk.get(desk.agent, ticket) == ticket


async def test_another_replica_takes_over_when_the_one_that_swept_is_gone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(sweeper, "LEASE_SECONDS", 1)
    deadline = replace(AUTO_CLOSE, name="closing under a lease of its own")
    gone = Lease(desk.tickets.db, deadline.name, 1)
    await gone.take()
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "resolved")
    await aged(desk, ticket, {"resolved_at": timedelta(days=8)})

    async with running(Sweeper(desk.tickets.db, deadline)):

        async def closed() -> None:
            assert (await desk.get(desk.agent, ticket))["status"] == "closed"

        await eventually(closed)
