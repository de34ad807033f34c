"""Opening tickets: by whom, for whom, and under which number."""

import asyncio
from typing import Any

import pytest

from common.ids import new_id
from tests.support.desk import Desk, ok, problem
from tests.support.eventually import eventually
from tests.support.people import another_organisation, make_agent, make_person, sign_up

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_customer_opens_a_ticket_and_is_its_requester(desk: Desk) -> None:
    asked: dict[str, Any] = {
        "title": "Printer",
        "description": "It burns.",
        "priority": "high",
        "category": "Hardware",
        "tags": ["a"],
    }

    answer = await desk.create(desk.customer, **asked)

    ticket = ok(answer, 201)
    assert {name: ticket[name] for name in asked} == asked
    assert ticket["requester"] == {"id": str(desk.customer.id), "name": desk.customer.name}
    assert (ticket["status"], ticket["assignee"], ticket["version"], ticket["message_count"]) == ("new", None, 1, 0)
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/api/v1/tickets/{ticket['id']}"
    assert await desk.get(desk.customer, ticket) == ticket


async def test_an_agent_opens_a_ticket_for_a_customer_who_then_sees_it_as_an_own_one(desk: Desk) -> None:
    ticket = await desk.ticket(desk.agent, requester_id=str(desk.customer.id))

    assert ticket["requester"] == {"id": str(desk.customer.id), "name": desk.customer.name}
    assert await desk.get(desk.customer, ticket) == {
        **ticket,
        "requester_email_verified": None,
        "requester_active": None,
    }
    [created] = await desk.logged_events(ticket, length=1)
    assert created.actor is not None
    assert created.actor.id == desk.agent.id


async def test_a_ticket_for_somebody_who_has_just_signed_up_is_possible_as_soon_as_the_news_is_here(desk: Desk) -> None:
    new_user = await sign_up(desk.auth, "Nina Newcomer", desk.organisation)

    async def opened() -> None:
        answer = await desk.create(desk.agent, requester_id=str(new_user.id))
        assert answer.status_code == 201

    await eventually(opened)


async def test_a_customer_can_not_open_a_ticket_for_somebody_else(desk: Desk) -> None:
    problem(await desk.create(desk.customer, requester_id=str(desk.agent.id)), 403, "forbidden")


async def test_a_customer_may_name_themselves_as_requester(desk: Desk) -> None:
    ticket = await desk.ticket(desk.customer, requester_id=str(desk.customer.id))

    assert ticket["requester"]["id"] == str(desk.customer.id)


async def test_a_requester_nobody_knows_is_a_wrong_field(desk: Desk) -> None:
    body = problem(await desk.create(desk.agent, requester_id=str(new_id())), 422, "invalid")

    assert [wrong["field"] for wrong in body["errors"]] == ["requester_id"]


async def test_a_requester_of_another_organisation_is_as_unknown_as_nobody(desk: Desk) -> None:
    elsewhere = await another_organisation()
    stranger = await sign_up(desk.auth, "Sam Stranger", elsewhere)
    await desk.knows(stranger)

    body = problem(await desk.create(desk.agent, requester_id=str(stranger.id)), 422, "invalid")

    assert [wrong["field"] for wrong in body["errors"]] == ["requester_id"]


async def test_an_operator_has_no_tickets(desk: Desk) -> None:
    operator = await make_person(desk.auth, "operator", "Olga Operator", desk.organisation)

    problem(await desk.create(operator), 403, "forbidden")
    ticket = await desk.ticket()
    problem(await desk.ask(operator, "GET", f"/{ticket['id']}"), 404, "not_found")
    assert (await desk.listed(operator))["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": ""}, "description"),
        ({"description": "x" * 20_001}, "description"),
        ({"priority": "extreme"}, "priority"),
        ({"tags": ["x" * 41]}, "tags.0"),
        ({"tags": [str(n) for n in range(21)]}, "tags"),
        ({"requester_id": "me"}, "requester_id"),
        ({"status": "closed"}, "status"),
        ({"assignee": "me"}, "assignee"),
    ],
)
async def test_a_wrong_or_unknown_field_is_named_and_nothing_is_made(
    desk: Desk, wrong: dict[str, Any], field: str
) -> None:
    body = problem(await desk.create(desk.customer, **wrong), 422, "invalid")

    assert [each["field"] for each in body["errors"]] == [field]
    assert (await desk.listed(desk.customer))["items"] == []


async def test_tickets_opened_at_once_get_numbers_of_their_own_that_grow_per_organisation(desk: Desk) -> None:
    elsewhere = await another_organisation()
    other_agent = await make_agent(desk.auth, "Otto Other", elsewhere)

    here = await asyncio.gather(*(desk.ticket(desk.agent) for _ in range(30)))
    other = await desk.ticket(other_agent)

    assert sorted(ticket["number"] for ticket in here) == list(range(1, 31))
    assert other["number"] == 1
    later = await desk.ticket(desk.agent)
    assert later["number"] == 31


async def test_without_a_token_or_with_a_made_up_one_nothing_is_made(desk: Desk) -> None:
    body = {"title": "Printer", "description": "It burns."}
    for headers in ({}, {"Authorization": "Bearer nonsense"}, {"Authorization": "Basic YTpi"}):
        answer = await desk.tickets.http.post("/api/v1/tickets", json=body, headers=headers)

        problem(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert (await desk.listed(desk.agent))["items"] == []


async def test_the_same_tag_twice_is_one_tag(desk: Desk) -> None:
    ticket = await desk.ticket(tags=["b", "a", "b"])

    assert ticket["tags"] == ["b", "a"]
