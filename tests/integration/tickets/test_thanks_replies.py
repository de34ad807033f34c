"""What a reply that only says thank you does to a resolved ticket."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from common import clock
from common.events.tickets import MessagePosted
from tests.support.desk import Desk, ok

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def resolved(desk: Desk, *statuses: str) -> dict[str, Any]:
    ticket = await desk.assigned(desk.agent, await desk.ticket(), desk.agent)
    return await desk.change_status(desk.agent, ticket, *(statuses or ["resolved"]))


async def choose(desk: Desk, **settings: Any) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    ok(await desk.call(admin, "PUT", "/settings", json=settings))


@pytest.mark.parametrize("statuses", [["resolved"], ["resolved", "closed"], ["closed"]])
async def test_a_thank_you_leaves_the_ticket_as_it_is_and_the_history_says_why(desk: Desk, statuses: list[str]) -> None:
    ticket = await resolved(desk, *statuses)

    message = await desk.wrote(desk.customer, ticket, "Thank you, Alex!")

    after = await desk.get(desk.agent, ticket)
    assert (after["status"], after["resolved_at"]) == (statuses[-1], ticket["resolved_at"])
    assert (after["message_count"], after["last_message_at"]) == (1, message["created_at"])
    *_, posted = await desk.history(desk.customer, ticket, length=4 + len(statuses))
    assert (posted["action"], posted["after"]["is_only_thanks"]) == ("message.posted", True)
    event = MessagePosted.model_validate((await desk.logged_events(ticket, length=4 + len(statuses)))[-1].data)
    assert event.ticket.assignee is not None
    assert (event.ticket.assignee.id, event.body) == (desk.agent.id, "Thank you, Alex!")


@pytest.mark.parametrize("body", ["Thanks, but it still does not work.", "Thanks. And the scanner?", "It works"])
async def test_any_other_reply_reopens_the_ticket(desk: Desk, body: str) -> None:
    ticket = await resolved(desk)

    await desk.wrote(desk.customer, ticket, body)

    assert (await desk.get(desk.agent, ticket))["status"] == "open"
    posted = (await desk.history(desk.agent, ticket, length=6))[4]
    assert (posted["action"], posted["after"]["is_only_thanks"]) == ("message.posted", False)


async def test_a_thank_you_with_a_file_reopens_the_ticket(desk: Desk) -> None:
    ticket = await resolved(desk)
    file = await desk.uploaded(desk.customer, ticket)

    await desk.wrote(desk.customer, ticket, "Thanks!", attachment_ids=[file["id"]])

    assert (await desk.get(desk.agent, ticket))["status"] == "open"


async def test_a_thank_you_reopens_a_ticket_that_was_resolved_a_day_ago(desk: Desk) -> None:
    ticket = await resolved(desk)
    day_ago = {"$set": {"resolved_at": clock.now() - timedelta(days=1)}}
    await desk.tickets.db["tickets"].update_one({"_id": UUID(ticket["id"])}, day_ago)

    await desk.wrote(desk.customer, ticket, "Thanks!")

    assert (await desk.get(desk.agent, ticket))["status"] == "open"


async def test_a_thank_you_reopens_where_the_organisation_chose_so(desk: Desk) -> None:
    await choose(desk, stay_resolved_after_thanks=False)
    ticket = await resolved(desk)

    await desk.wrote(desk.customer, ticket, "Thanks!")

    assert (await desk.get(desk.agent, ticket))["status"] == "open"


async def test_a_thank_you_in_a_ticket_that_cannot_be_reopened_opens_no_other(desk: Desk) -> None:
    await choose(desk, reopen_window_days=0)
    ticket = await resolved(desk, "closed")

    message = await desk.wrote(desk.customer, ticket, "Thanks!")

    assert message["ticket_id"] == ticket["id"]
    assert len((await desk.listed(desk.agent))["items"]) == 1


async def test_a_thank_you_answers_a_question_of_the_desk(desk: Desk) -> None:
    ticket = await resolved(desk, "pending")

    await desk.wrote(desk.customer, ticket, "Thanks!")

    assert (await desk.get(desk.agent, ticket))["status"] == "open"
