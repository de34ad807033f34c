"""One act notifies a person once, however many events it causes."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from tests.support.desk import Body, Desk, ok
from tests.support.inboxes import Inboxes
from tests.support.people import Person, make_agent

pytestmark = pytest.mark.asyncio(loop_scope="module")

PREFERENCES = "/api/v1/notifications/preferences"


async def choose_everything(inboxes: Inboxes, person: Person) -> None:
    """All that the person can be notified of, in every channel."""
    http = inboxes.notifications.http
    offered = ok(await http.get(PREFERENCES, headers=person.headers))["items"]
    choices = [{**{key: each[key] for key in ("kind", "scope", "channel")}, "when": "immediately"} for each in offered]
    ok(await http.put(PREFERENCES, json={"choices": choices}, headers=person.headers))


async def counted(inboxes: Inboxes, *people: Person) -> Counter[UUID]:
    """The notifications of each person, in the app or by email."""
    await inboxes.settle()
    found = inboxes.notifications.db["notifications"].find({"recipient_id": {"$in": [each.id for each in people]}})
    return Counter([each["recipient_id"] async for each in found])


async def closed_for_good(desk: Desk, days: float = 20) -> Body:
    """A ticket that was closed so long ago that a reply opens a follow-up."""
    ticket = await desk.change_status(desk.customer, await desk.ticket(), "closed")
    await desk.let_time_pass(ticket, days=days)
    return ticket


async def test_no_act_notifies_anybody_twice_even_of_everything(desk: Desk, inboxes: Inboxes) -> None:
    second = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    await inboxes.settle()
    people = (desk.customer, desk.agent, second)
    await asyncio.gather(*(choose_everything(inboxes, each) for each in people))
    ticket, closed = await desk.ticket(), await closed_for_good(desk)
    customer, agent = desk.customer, desk.agent
    mention = f"@[Bea Agent]({second.id})"
    acts: dict[str, tuple[Callable[[], Awaitable[Any]], tuple[Person, ...]]] = {
        "a new ticket": (lambda: desk.ticket(), (customer, agent, second)),
        "one for a customer": (lambda: desk.ticket(agent, requester_id=str(customer.id)), (customer, second)),
        "an assignment that opens": (lambda: desk.assigned(agent, ticket, second), (second,)),
        "a reassignment": (lambda: desk.assigned(second, ticket, agent), (agent,)),
        "a status and a priority": (
            lambda: desk.changed(agent, ticket, status="pending", priority="high"),
            (customer, second),
        ),
        "a reply that reopens": (lambda: desk.wrote(customer, ticket), (agent, second)),
        "a reply after the window": (lambda: desk.wrote(customer, closed), (customer, agent, second)),
        "a note that mentions": (lambda: desk.wrote(agent, ticket, mention, visibility="internal"), (second,)),
    }
    before = await counted(inboxes, *people)
    for name, (act, notified) in acts.items():
        await act()
        after = await counted(inboxes, *people)
        assert after - before == Counter(person.id for person in notified), name
        before = after


async def test_a_reply_that_opens_a_follow_up_is_one_notice_about_the_new_ticket(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    closed = await closed_for_good(desk)
    await inboxes.settle()
    before = await inboxes.kinds(desk.agent)

    message = await desk.wrote(desk.customer, closed, "It burns again.")

    await inboxes.settle()
    new = (await inboxes.page(desk.agent))["items"][: -len(before) or None]
    assert [(each["kind"], each["ticket_id"]) for each in new[:1]] == [("replied", message["ticket_id"])]
    assert len(await inboxes.kinds(desk.agent)) == len(before) + 1
