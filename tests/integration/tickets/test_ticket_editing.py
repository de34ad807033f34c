"""Changing what a ticket says and how it is sorted: who may, when, and what is told of it."""

import asyncio
import itertools
from typing import Any

import pytest

from common.events.tickets import TicketEdited
from tests.support.desk import Desk, for_everybody, ok, problem
from tests.support.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")

WHOLE: dict[str, Any] = {
    "title": "Fax",
    "description": "It smokes.",
    "priority": "urgent",
    "category": "Hardware",
    "tags": ["b", "a"],
}


async def test_a_customer_edits_what_an_own_ticket_says(desk: Desk) -> None:
    ticket = await desk.ticket()

    edited = await desk.changed(desk.customer, ticket, title="Fax", description="It smokes.")

    assert (edited["title"], edited["description"], edited["version"]) == ("Fax", "It smokes.", 2)
    assert for_everybody(await desk.get(desk.agent, ticket)) == for_everybody(edited)


async def test_an_agent_sorts_a_ticket_and_takes_its_category_away_again(desk: Desk) -> None:
    ticket = await desk.ticket()

    sorted_ = await desk.changed(desk.agent, ticket, priority="high", category="Hardware", tags=["b", "a", "b"])
    assert (sorted_["priority"], sorted_["category"], sorted_["tags"]) == ("high", "Hardware", ["b", "a"])

    bare = await desk.changed(desk.agent, ticket, category=None)
    assert (bare["category"], bare["tags"], bare["version"]) == (None, ["b", "a"], 3)


@pytest.mark.parametrize("wrong", [{"priority": "high"}, {"category": "Hardware"}, {"tags": ["a"]}])
async def test_a_customer_does_not_sort_tickets(desk: Desk, wrong: dict[str, Any]) -> None:
    ticket = await desk.ticket()

    problem(await desk.change(desk.customer, ticket, **wrong, title="Fax"), 403, "forbidden")
    assert for_everybody(await desk.get(desk.customer, ticket)) == for_everybody(ticket)


@pytest.mark.parametrize("role", ["agent", "admin"])
@pytest.mark.parametrize("wrong", [{"title": "Fax"}, {"description": "It smokes."}])
async def test_nobody_but_its_requester_rewrites_a_ticket(desk: Desk, role: Any, wrong: dict[str, Any]) -> None:
    colleague = await desk.joined_by(role, f"Some {role}")
    ticket = await desk.ticket()

    problem(await desk.change(colleague, ticket, **wrong), 403, "forbidden")
    assert for_everybody(await desk.get(colleague, ticket)) == for_everybody(ticket)


async def test_what_a_closed_ticket_says_stays_until_it_is_reopened(desk: Desk) -> None:
    ticket = await desk.change_status(desk.customer, await desk.ticket(), "closed")

    problem(await desk.change(desk.customer, ticket, title="Fax"), 409, "ticket_closed")
    assert (await desk.changed(desk.agent, ticket, priority="low"))["priority"] == "low"
    await desk.change_status(desk.customer, ticket, "open")
    assert (await desk.changed(desk.customer, ticket, title="Fax"))["title"] == "Fax"


async def test_one_request_may_change_text_and_status_and_each_is_told(desk: Desk) -> None:
    ticket = await desk.ticket()

    after = await desk.changed(desk.customer, ticket, title="Fax", status="closed")

    assert (after["title"], after["status"], after["version"]) == ("Fax", "closed", 2)
    actions = [event.action for event in await desk.logged_events(ticket, length=3)]
    assert actions == ["ticket.created", "ticket.edited", "ticket.status_changed"]


async def test_a_change_tells_before_and_after_of_just_the_fields_that_changed(desk: Desk) -> None:
    ticket = await desk.ticket(tags=["a"])

    await desk.changed(desk.agent, ticket, priority="high", tags=["a"], category="Hardware")

    _, edited = await desk.logged_events(ticket, length=2)
    said = TicketEdited.model_validate(edited.data)
    assert {name: (change.before, change.after) for name, change in said.changes.items()} == {
        "priority": ("normal", "high"),
        "category": (None, "Hardware"),
    }
    assert said.ticket.priority == "high"
    assert edited.actor is not None
    assert edited.actor.id == desk.agent.id


async def test_the_present_values_again_are_no_change_and_everybody_may_give_them(desk: Desk) -> None:
    ticket = await desk.ticket(**WHOLE)

    for person in (desk.customer, desk.agent):
        assert for_everybody(await desk.changed(person, ticket, **WHOLE, status="new")) == for_everybody(ticket)
        assert for_everybody(ok(await desk.ask(person, "PUT", f"/{ticket['id']}", json=WHOLE))) == for_everybody(ticket)
    assert (await desk.stored(ticket))["sequence"] == 1


async def test_a_replacement_keeps_what_it_leaves_out_and_clears_what_it_says(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(**WHOLE), "pending")
    text = {"title": WHOLE["title"], "description": WHOLE["description"]}

    async def replaced(by: Person, **fields: Any) -> dict[str, Any]:
        return ok(await desk.ask(by, "PUT", f"/{ticket['id']}", json={**text, **fields}))

    assert for_everybody(await replaced(desk.agent)) == for_everybody(ticket)
    assert (await replaced(desk.customer, title="Scanner"))["tags"] == WHOLE["tags"]
    cleared = await replaced(desk.agent, title="Scanner", priority="normal", category=None, tags=[], status="resolved")
    assert (cleared["priority"], cleared["category"], cleared["tags"]) == ("normal", None, [])
    assert cleared["status"] == "resolved"


async def test_a_customer_replaces_the_text_and_sends_the_rest_as_it_is(desk: Desk) -> None:
    ticket = await desk.ticket(**WHOLE)

    after = ok(await desk.ask(desk.customer, "PUT", f"/{ticket['id']}", json={**WHOLE, "title": "Scanner"}))

    assert after["title"] == "Scanner"
    problem(await desk.ask(desk.customer, "PUT", f"/{ticket['id']}", json={**WHOLE, "tags": []}), 403, "forbidden")


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_a_change_of_a_version_nobody_sees_any_more_is_refused(desk: Desk, method: str) -> None:
    ticket = await desk.ticket(**WHOLE)
    newer = await desk.changed(desk.agent, ticket, priority="low")

    stale = await desk.ask(desk.agent, method, f"/{ticket['id']}", if_match='"1"', json={**WHOLE, "priority": "high"})

    assert problem(stale, 412, "precondition_failed")["version"] == 2
    assert for_everybody(await desk.get(desk.agent, ticket)) == for_everybody(newer)
    fresh = await desk.ask(desk.agent, method, f"/{ticket['id']}", if_match='"2"', json={**WHOLE, "priority": "high"})
    assert fresh.headers["ETag"] == '"3"'


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": None}, "title"),
        ({"title": " "}, "title"),
        ({"description": "x" * 20_001}, "description"),
        ({"priority": None}, "priority"),
        ({"tags": None}, "tags"),
        ({"tags": ["x" * 41]}, "tags.0"),
        ({"category": ""}, "category"),
        ({"status": None}, "status"),
        ({"number": 7}, "number"),
        ({"requester_id": "me"}, "requester_id"),
    ],
)
async def test_a_wrong_or_unknown_field_is_named_and_nothing_is_changed(
    desk: Desk, body: dict[str, Any], field: str
) -> None:
    ticket = await desk.ticket()

    for method, sent in (("PATCH", body), ("PUT", {"title": "Fax", "description": "It smokes.", **body})):
        wrong = problem(await desk.ask(desk.agent, method, f"/{ticket['id']}", json=sent), 422, "invalid")
        assert [each["field"] for each in wrong["errors"]] == [field]
    assert for_everybody(await desk.get(desk.agent, ticket)) == for_everybody(ticket)


async def test_a_replacement_without_its_text_is_none(desk: Desk) -> None:
    ticket = await desk.ticket()

    wrong = problem(await desk.ask(desk.agent, "PUT", f"/{ticket['id']}", json={"priority": "low"}), 422, "invalid")

    assert [each["field"] for each in wrong["errors"]] == ["title", "description"]


async def test_fifty_writers_of_one_ticket_lose_nothing_and_leave_no_gap(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "open")

    async def write(number: int) -> None:
        match number % 5:
            case 0:
                await desk.changed(desk.agent, ticket, tags=[f"tag {number}"])
            case 1:
                await desk.changed(desk.customer, ticket, title=f"Printer {number}")
            case 2:
                await desk.wrote(desk.agent, ticket, f"reply {number}")
            case 3:
                await desk.wrote(desk.agent, ticket, f"note {number}", visibility="internal")
            case _:
                await desk.changed(desk.agent, ticket, category=f"category {number}")

    await asyncio.gather(*(write(number) for number in range(50)))

    after = await desk.get(desk.agent, ticket)
    events = await desk.logged_events(ticket, length=52)
    assert [event.sequence for event in events] == list(range(1, 53))
    assert after["message_count"] == 10
    shown = [event for event in events if event.data.get("visibility") != "internal"]
    assert after["version"] == len(shown) == 42
    for field in ("tags", "title", "category"):
        changes = [event.data["changes"][field] for event in events if field in event.data.get("changes", {})]
        assert len(changes) == 10
        assert all(one["after"] == other["before"] for one, other in itertools.pairwise(changes))
        assert changes[-1]["after"] == after[field]


async def test_of_fifty_who_saw_the_same_version_one_wins_and_the_others_are_told(desk: Desk) -> None:
    ticket = await desk.ticket()

    answers = await asyncio.gather(
        *(desk.change(desk.agent, ticket, if_match='"1"', category=f"number {n}") for n in range(50))
    )

    assert sorted(answer.status_code for answer in answers) == [200, *[412] * 49]
    [winner] = [answer.json() for answer in answers if answer.is_success]
    assert await desk.get(desk.agent, ticket) == winner
    assert len(await desk.logged_events(ticket, length=2)) == 2
