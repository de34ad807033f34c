"""What becomes of the tickets of somebody who can no longer answer them."""

import asyncio
from typing import Any

import pytest

from auth.user.document import User
from common.events import Envelope, FieldChange, PersonRef
from common.events.auth import UserUpdated
from common.events.tickets import TicketUnassigned
from tests.support.desk import Desk, ok
from tests.support.eventually import eventually
from tests.support.people import Person
from tickets.offboarding.commands import OffboardingCommands
from tickets.offboarding.document import Offboarding
from tickets.people import People

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ticket_of(desk: Desk, person: Person, *statuses: str) -> dict[str, Any]:
    """A ticket that is assigned to that person."""
    ticket = await desk.assigned(desk.agent, await desk.ticket(), person)
    return await desk.change_status(desk.agent, ticket, *statuses)


async def leave(desk: Desk, person: Person, how: str) -> None:
    """Deactivates the person, or makes them a customer."""
    if how == "deactivated":
        await desk.set_active(person, active=False)
        return
    user = await User.load(person.id, person.organisation_id)
    user.role = "customer"
    changes = {"role": FieldChange(before=person.role, after="customer")}
    user.record(UserUpdated(person=user.as_person(), changes=changes), None)
    await user.commit()


async def unassigned(desk: Desk, *tickets: dict[str, Any]) -> list[dict[str, Any]]:
    """The tickets, once none of them has an assignee."""

    async def free() -> list[dict[str, Any]]:
        now = [await desk.get(desk.agent, ticket) for ticket in tickets]
        assert [ticket["assignee"] for ticket in now] == [None] * len(now)
        return now

    return await eventually(free)


async def completions(desk: Desk, person: Person, count: int = 1) -> list[Envelope]:
    """The events that tell of all the tickets of somebody who left."""
    query = {"aggregate_id": person.id, "type": "tickets.offboarding.completed"}

    async def logged() -> list[Envelope]:
        found = await desk.tickets.db["events"].find(query).sort("sequence").to_list()
        assert len(found) >= count
        return [Envelope.model_validate({"id": each["_id"], **each}) for each in found]

    return await eventually(logged)


@pytest.mark.parametrize("how", ["deactivated", "no longer staff"])
async def test_the_tickets_of_somebody_who_left_are_unassigned_and_the_history_says_why(desk: Desk, how: str) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    tickets = [await ticket_of(desk, robin, *path) for path in ([], ["pending"], ["resolved"])]

    await leave(desk, robin, how)

    after = await unassigned(desk, *tickets)
    assert [ticket["status"] for ticket in after] == ["open", "pending", "resolved"]
    for ticket in after:
        *_, last = await desk.history(desk.agent, ticket, length=ticket["version"])
        assert (last["action"], last["actor"]) == ("ticket.unassigned", None)
        assert last["before"] == {"assignee": {"id": str(robin.id), "name": robin.name}}
        assert last["after"] == {"assignee": None, "reason": "assignee_left"}
        *_, shown = ok(await desk.ask(desk.customer, "GET", f"/{ticket['id']}/history"))["items"]
        assert (shown["action"], shown["after"]) == ("ticket.unassigned", {"assignee": None})
    listed = await desk.listed(desk.agent, assignee="none")
    assert {ticket["id"] for ticket in listed["items"]} == {ticket["id"] for ticket in tickets}


async def test_closed_tickets_stay_with_whoever_answered_them(desk: Desk) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    closed, opened = await ticket_of(desk, robin, "closed"), await ticket_of(desk, robin)

    await leave(desk, robin, "deactivated")
    await unassigned(desk, opened)
    [completed] = await completions(desk, robin)

    assert completed.data["ticket_count"] == 1
    assert (await desk.get(desk.agent, closed))["assignee"]["id"] == str(robin.id)


async def test_a_closed_ticket_of_somebody_who_left_is_unassigned_when_it_is_reopened(desk: Desk) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    closed = await ticket_of(desk, robin, "closed")
    await leave(desk, robin, "deactivated")

    async def shown_as_left() -> None:
        assert (await desk.get(desk.agent, closed))["assignee_active"] is False

    await eventually(shown_as_left)
    await desk.wrote(desk.customer, closed, "It burns again.")

    await unassigned(desk, closed)


async def test_a_deleted_ticket_of_somebody_who_left_is_unassigned_when_it_is_restored(desk: Desk) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    robin = await desk.joined_by("agent", "Robin Weiss")
    deleted, other = await ticket_of(desk, robin), await ticket_of(desk, robin)
    await desk.delete(admin, deleted)

    await leave(desk, robin, "deactivated")
    await unassigned(desk, other)
    [completed] = await completions(desk, robin)
    ok(await desk.restore(admin, deleted))

    await unassigned(desk, deleted)
    assert completed.data["ticket_count"] == 1


async def test_an_assignment_that_was_checked_before_the_person_left_does_not_last(desk: Desk) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    ticket = await desk.ticket()
    people = desk.tickets.db["people"]
    await leave(desk, robin, "deactivated")

    async def copied() -> None:
        assert await people.find_one({"_id": robin.id, "active": False}) is not None

    await eventually(copied)
    # As an assignment whose check preceded the copy of the departure, and whose write follows it.
    await people.update_one({"_id": robin.id}, {"$set": {"active": True}})
    await desk.assigned(desk.agent, ticket, robin)
    await people.update_one({"_id": robin.id}, {"$set": {"active": False}})

    await unassigned(desk, ticket)


async def test_assignments_at_the_moment_of_leaving_are_refused_or_undone(desk: Desk) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    tickets = [await desk.ticket() for _ in range(12)]

    async def assign_all() -> list[int]:
        return [(await desk.assign(desk.agent, ticket, robin)).status_code for ticket in tickets]

    statuses, _ = await asyncio.gather(assign_all(), leave(desk, robin, "deactivated"))

    assert set(statuses) <= {200, 422}
    await unassigned(desk, *tickets)


async def test_somebody_who_is_back_before_their_tickets_were_unassigned_keeps_them(desk: Desk) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    ticket = await ticket_of(desk, robin)

    await Offboarding.begin(PersonRef(id=robin.id, name=robin.name), robin.organisation_id)

    async def completed() -> None:
        assert not (await Offboarding.load(robin.id, robin.organisation_id)).pending

    await eventually(completed)
    assert await desk.get(desk.agent, ticket) == ticket


async def test_the_events_say_it_once_however_often_the_person_is_deactivated(desk: Desk) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    tickets = [await ticket_of(desk, robin) for _ in range(3)]

    await leave(desk, robin, "deactivated")
    await unassigned(desk, *tickets)
    [completed] = await completions(desk, robin)
    await desk.set_active(robin, active=False)
    await desk.set_active(robin, active=True)

    async def assignable() -> dict[str, Any]:
        return ok(await desk.assign(desk.agent, tickets[0], robin))

    again = await eventually(assignable)
    await leave(desk, robin, "no longer staff")
    await unassigned(desk, again)

    assert completed.data == {"person": {"id": str(robin.id), "name": robin.name}, "ticket_count": 3}
    assert [each.data["ticket_count"] for each in await completions(desk, robin, 2)] == [3, 1]
    events = await desk.logged_events(tickets[1], length=4)
    assert [TicketUnassigned.model_validate(e.data).reason for e in events if e.action == "ticket.unassigned"] == [
        "assignee_left"
    ]


async def test_tickets_that_were_with_somebody_who_left_before_are_found(desk: Desk) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    ticket = await ticket_of(desk, robin)
    await desk.logged_events(ticket, length=3)
    await desk.tickets.db["people"].update_one({"_id": robin.id}, {"$set": {"active": False}})

    await OffboardingCommands(People(desk.tickets.db)).find_missed()

    await unassigned(desk, ticket)


async def test_staff_see_that_a_requester_is_deactivated_and_customers_do_not(desk: Desk) -> None:
    ticket = await desk.ticket()
    assert (await desk.get(desk.agent, ticket))["requester_active"] is True

    await desk.set_active(desk.customer, active=False)

    async def shown() -> None:
        assert (await desk.get(desk.agent, ticket))["requester_active"] is False
        [listed] = (await desk.listed(desk.agent))["items"]
        assert listed["requester_active"] is False

    await eventually(shown)
    other = await desk.joined_by("customer", "Nora Neighbour")
    assert (await desk.ticket(other))["requester_active"] is None


async def test_a_mention_of_somebody_who_left_is_answered_with_a_sign_that_only_staff_see(desk: Desk) -> None:
    robin = await desk.joined_by("agent", "Robin Weiss")
    ticket = await desk.ticket()
    await desk.tickets.db["people"].update_one({"_id": robin.id}, {"$set": {"active": False}})
    body = f"@[Robin]({robin.id}) and @[Casey]({desk.customer.id}): look"

    reply = await desk.wrote(desk.agent, ticket, body)
    note = await desk.wrote(desk.agent, ticket, body, visibility="internal")

    left, requester = [{"id": str(each.id), "name": each.name} for each in (robin, desk.customer)]
    assert (reply["mentions"], reply["unreachable_mentions"]) == ([], [left])
    assert (note["mentions"], note["unreachable_mentions"]) == ([], [left, requester])
    assert (await desk.conversation(desk.agent, ticket))["items"] == [reply, note]
    [shown] = (await desk.conversation(desk.customer, ticket))["items"]
    assert shown["unreachable_mentions"] == []
