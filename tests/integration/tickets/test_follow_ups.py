"""What becomes of a customer's reply to a ticket that was closed."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from common import clock
from common.events import Actor
from common.events.tickets import MessagePosted, TicketCreated
from common.ids import new_id
from tests.support.desk import Desk, ok, problem
from tickets.conversation.commands import MAX_FOLLOW_UPS
from tickets.ticket.document import Ticket

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def closed_for(desk: Desk, days: float, **fields: Any) -> dict[str, Any]:
    """A ticket that was closed so long ago."""
    ticket = await desk.change_status(desk.customer, await desk.ticket(**fields), "closed")
    await desk.let_time_pass(ticket, days=days)
    return await desk.get(desk.customer, ticket)


async def test_within_the_window_a_reply_reopens(desk: Desk) -> None:
    ticket = await closed_for(desk, 13.9)

    message = await desk.wrote(desk.customer, ticket)

    after = await desk.get(desk.customer, ticket)
    assert (message["ticket_id"], after["status"], after["closed_at"]) == (ticket["id"], "open", None)


async def test_after_the_window_a_reply_becomes_a_ticket_of_its_own_about_the_same_matter(desk: Desk) -> None:
    ticket = await closed_for(desk, 14, title="Fax", description="It smokes.", priority="high", tags=["a"])

    message = await desk.wrote(desk.customer, ticket, "It smokes again.")

    follow_up = await desk.get(desk.customer, {"id": message["ticket_id"]})
    assert follow_up["follow_up_of"] == ticket["id"]
    assert (follow_up["number"], follow_up["status"], follow_up["version"]) == (ticket["number"] + 1, "new", 1)
    same = ("title", "description", "priority", "category", "tags", "requester")
    assert {name: follow_up[name] for name in same} == {name: ticket[name] for name in same}
    assert (await desk.conversation(desk.agent, follow_up))["items"] == [message]
    assert await desk.get(desk.customer, ticket) == ticket
    assert (await desk.conversation(desk.agent, ticket))["items"] == []
    created, posted = await desk.logged_events(follow_up, length=2)
    assert str(TicketCreated.model_validate(created.data).follow_up_of) == ticket["id"]
    assert MessagePosted.model_validate(posted.data).body == "It smokes again."
    [found] = (await desk.listed(desk.agent, follow_up_of=ticket["id"]))["items"]
    assert found["id"] == follow_up["id"]


async def test_a_follow_up_is_its_requesters_own_where_the_ticket_was_whoever_opens_it(desk: Desk) -> None:
    own, opened_by_staff = [
        await Ticket.load(UUID(opened["id"]), desk.customer.organisation_id)
        for opened in (await desk.ticket(), ok(await desk.create(desk.agent, requester_id=str(desk.customer.id)), 201))
    ]
    agent = Actor(id=desk.agent.id, name=desk.agent.name, role="agent")
    customer = Actor(id=desk.customer.id, name=desk.customer.name, role="customer")

    assert own.follow_up(10_000, agent).opened_by_requester
    assert not opened_by_staff.follow_up(10_001, customer).opened_by_requester


async def test_the_next_reply_goes_into_the_same_follow_up_and_in_time_into_a_follow_up_of_that(desk: Desk) -> None:
    ticket = await closed_for(desk, 20)
    first, second = [await desk.wrote(desk.customer, ticket, f"reply {n}") for n in range(2)]
    assert first["ticket_id"] == second["ticket_id"] != ticket["id"]

    follow_up = await desk.change_status(desk.agent, {"id": first["ticket_id"]}, "closed")
    reopening = await desk.wrote(desk.customer, ticket)
    assert reopening["ticket_id"] == follow_up["id"]
    assert (await desk.get(desk.customer, follow_up))["status"] == "open"

    await desk.change_status(desk.agent, follow_up, "closed")
    await desk.let_time_pass(follow_up, days=20)
    third = await desk.wrote(desk.customer, ticket)
    assert (await desk.get(desk.customer, {"id": third["ticket_id"]}))["follow_up_of"] == follow_up["id"]


async def test_replies_at_once_make_one_follow_up_that_holds_all_of_them(desk: Desk) -> None:
    ticket = await closed_for(desk, 20)

    written = await asyncio.gather(*(desk.wrote(desk.customer, ticket, f"reply {n}") for n in range(8)))

    [follow_up] = {message["ticket_id"] for message in written}
    assert (await desk.get(desk.customer, {"id": follow_up}))["message_count"] == 8


async def test_a_repeated_reply_makes_one_follow_up_with_one_message(desk: Desk) -> None:
    ticket = await closed_for(desk, 20)

    answers = await asyncio.gather(*(desk.write(desk.customer, ticket, key="k") for _ in range(5)))

    [message] = {(ok(answer, 201)["id"], answer.json()["ticket_id"]) for answer in answers}
    assert (await desk.get(desk.customer, {"id": message[1]}))["message_count"] == 1


async def test_files_uploaded_to_the_closed_ticket_go_along(desk: Desk) -> None:
    ticket = await closed_for(desk, 20)
    file = await desk.uploaded(desk.customer, ticket, b"smoke")

    message = await desk.wrote(desk.customer, ticket, attachment_ids=[file["id"]])

    [moved] = await desk.attachments(desk.agent, {"id": message["ticket_id"]})
    assert (moved["id"], moved["ticket_id"]) == (file["id"], message["ticket_id"])
    assert await desk.attachments(desk.agent, ticket) == []
    assert (await desk.download(desk.agent, file)).content == b"smoke"


async def test_after_a_follow_up_was_deleted_there_is_another_and_the_deleted_one_stays_away(desk: Desk) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    ticket = await closed_for(desk, 20)
    first = {"id": (await desk.wrote(desk.customer, ticket))["ticket_id"]}
    await desk.delete(admin, first)

    second = {"id": (await desk.wrote(desk.customer, ticket))["ticket_id"]}

    assert second != first
    problem(await desk.restore(admin, first), 409, "conflict")
    await desk.delete(admin, second)
    ok(await desk.restore(admin, first))


async def test_staff_writes_in_a_closed_ticket_however_long_ago_and_moves_it_at_will(desk: Desk) -> None:
    ticket = await closed_for(desk, 400)

    assert (await desk.wrote(desk.agent, ticket))["ticket_id"] == ticket["id"]
    assert (await desk.get(desk.agent, ticket))["status"] == "closed"
    assert (await desk.change_status(desk.agent, ticket, "open"))["status"] == "open"


async def test_a_customer_who_asks_to_reopen_too_late_is_told_what_to_do(desk: Desk) -> None:
    ticket = await closed_for(desk, 14)

    body = problem(await desk.move(desk.customer, ticket, "open"), 409, "reopen_window_over")

    assert "reply opens a follow-up" in body["detail"]
    problem(await desk.move(desk.customer, ticket, "resolved"), 409, "illegal_transition")
    assert await desk.get(desk.customer, ticket) == ticket


async def test_the_window_begins_when_a_ticket_is_closed_and_not_when_it_was_resolved(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "resolved")
    long_ago = clock.now() - timedelta(days=30)
    await desk.tickets.db["tickets"].update_one({"_id": UUID(ticket["id"])}, {"$set": {"resolved_at": long_ago}})
    closed = await desk.change_status(desk.agent, ticket, "closed")
    assert closed["resolved_at"] == clock.rfc3339(long_ago)

    assert (await desk.wrote(desk.customer, ticket))["ticket_id"] == ticket["id"]


async def test_a_reply_searches_a_limited_number_of_follow_ups(desk: Desk) -> None:
    ticket = await closed_for(desk, 20)
    stored = await desk.stored(ticket)
    previous = stored["_id"]
    for number in range(MAX_FOLLOW_UPS):
        follow_up = {**stored, "_id": new_id(), "number": 10_000 + number, "follow_up_of": previous, "outbox": []}
        await desk.tickets.db["tickets"].insert_one(follow_up)
        previous = follow_up["_id"]

    refused = problem(await desk.write(desk.customer, ticket), 409, "too_many_follow_ups")

    assert "Reply to the latest one" in refused["detail"]
