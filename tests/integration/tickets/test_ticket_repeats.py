"""A request that is sent again, because its answer was lost on the way, does nothing again."""

import asyncio

import pytest

from tests.support.desk import Desk, ok, problem
from tests.support.people import make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_repeated_ticket_is_answered_as_the_first_time(desk: Desk) -> None:
    first = await desk.create(desk.customer, key="ticket-1")
    await desk.change_status(desk.agent, ok(first, 201), "open")

    again = await desk.create(desk.customer, key="ticket-1")

    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert len((await desk.listed(desk.customer))["items"]) == 1


async def test_the_same_ticket_asked_for_many_times_at_once_is_made_once(desk: Desk) -> None:
    answers = await asyncio.gather(*(desk.create(desk.customer, key="at once") for _ in range(10)))

    assert {ok(answer, 201)["id"] for answer in answers} == {answers[0].json()["id"]}
    assert len((await desk.listed(desk.customer))["items"]) == 1
    [created] = await desk.logged_events(answers[0].json(), length=1)
    assert created.action == "ticket.created"


async def test_a_key_used_for_another_body_is_refused(desk: Desk) -> None:
    ok(await desk.create(desk.customer, key="k", title="One"), 201)

    problem(await desk.create(desk.customer, key="k", title="Two"), 422, "idempotency_key_reused")


async def test_a_key_belongs_to_one_person_and_one_place(desk: Desk) -> None:
    other = await make_person(desk.auth, "customer", "Olive Other", desk.organisation)
    mine = ok(await desk.create(desk.customer, key="k"), 201)
    theirs = ok(await desk.create(other, key="k"), 201)
    second = await desk.ticket(desk.customer)

    assert mine["id"] != theirs["id"]
    messages = [ok(await desk.write(desk.customer, ticket, key="k"), 201) for ticket in (mine, second)]
    assert messages[0]["id"] != messages[1]["id"]


async def test_without_a_key_the_same_body_twice_is_two_tickets(desk: Desk) -> None:
    assert (await desk.ticket())["id"] != (await desk.ticket())["id"]


async def test_a_repeated_reply_is_written_once_however_often_it_comes_at_once(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "pending")

    answers = await asyncio.gather(*(desk.write(desk.customer, ticket, key="reply") for _ in range(10)))

    assert {ok(answer, 201)["id"] for answer in answers} == {answers[0].json()["id"]}
    assert (await desk.get(desk.customer, ticket))["message_count"] == 1
    assert [event.action for event in await desk.logged_events(ticket, length=4)] == [
        "ticket.created",
        "ticket.status_changed",
        "message.posted",
        "ticket.status_changed",
    ]


async def test_a_refused_request_leaves_its_key_free(desk: Desk) -> None:
    problem(await desk.create(desk.customer, key="k", requester_id=str(desk.agent.id)), 403, "forbidden")

    ok(await desk.create(desk.customer, key="k"), 201)


@pytest.mark.parametrize("key", ["", "x" * 201])
async def test_a_key_of_a_length_nobody_means_is_a_wrong_field(desk: Desk, key: str) -> None:
    problem(await desk.create(desk.customer, key=key), 422, "invalid")
