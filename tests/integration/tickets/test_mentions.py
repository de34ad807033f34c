"""Calling for a colleague in a message."""

import pytest

from common.events.tickets import MessagePosted
from common.ids import new_id
from tests.support.desk import Desk
from tests.support.people import Person, another_organisation, make_agent

pytestmark = pytest.mark.asyncio(loop_scope="module")


def called(person: Person, name: str = "whoever") -> str:
    return f"@[{name}]({person.id})"


@pytest.mark.parametrize("visibility", ["public", "internal"])
async def test_agents_call_for_agents_and_admins_by_their_own_names(desk: Desk, visibility: str) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    ticket = await desk.ticket()

    message = await desk.wrote(
        desk.agent, ticket, f"{called(admin)}, {called(desk.agent)}: look", visibility=visibility
    )

    assert message["mentions"] == [{"id": str(each.id), "name": each.name} for each in (admin, desk.agent)]
    assert (await desk.conversation(desk.agent, ticket))["items"] == [message]
    posted = (await desk.logged_events(ticket, length=2))[1]
    assert [each.id for each in MessagePosted.model_validate(posted.data).mentions] == [admin.id, desk.agent.id]


async def test_nobody_else_can_be_called(desk: Desk) -> None:
    stranger = await make_agent(desk.auth, "Sam Stranger", await another_organisation())
    gone = await desk.joined_by("agent", "Gil Gone")
    await desk.knows(stranger)
    await desk.tickets.db["people"].update_one({"_id": gone.id}, {"$set": {"active": False}})
    ticket = await desk.ticket()
    body = " ".join([called(desk.customer), called(stranger), called(gone), f"@[nobody]({new_id()})"])

    message = await desk.wrote(desk.agent, ticket, body)

    assert (message["body"], message["mentions"]) == (body, [])


async def test_a_customer_calls_for_nobody(desk: Desk) -> None:
    ticket = await desk.ticket()

    assert (await desk.wrote(desk.customer, ticket, called(desk.agent)))["mentions"] == []
