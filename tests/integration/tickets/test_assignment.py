"""Who is to answer a ticket."""

import pytest

from common.events.tickets import TicketAssigned, TicketStatusChanged, TicketUnassigned
from common.ids import new_id
from tests.support.desk import Desk, for_everybody, ok, problem
from tests.support.eventually import eventually
from tests.support.people import another_organisation, make_agent

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_assigning_a_new_ticket_opens_it_and_both_are_told_in_order(desk: Desk) -> None:
    ticket = await desk.ticket()

    answer = await desk.assign(desk.agent, ticket, desk.agent)

    after = ok(answer)
    assert after["assignee"] == {"id": str(desk.agent.id), "name": desk.agent.name}
    assert (after["status"], after["version"], answer.headers["ETag"]) == ("open", 2, '"2"')
    _, assigned, moved = await desk.logged_events(ticket, length=3)
    said, then = TicketAssigned.model_validate(assigned.data), TicketStatusChanged.model_validate(moved.data)
    assert (said.before, said.after.id, said.ticket.status) == (None, desk.agent.id, "new")
    assert (then.before, then.after, then.reason) == ("new", "open", "assignment")
    assert then.ticket.assignee == said.after


@pytest.mark.parametrize("status", ["in_progress", "pending", "resolved", "closed"])
async def test_assigning_moves_nothing_but_a_new_ticket(desk: Desk, status: str) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), status)

    assert (await desk.assigned(desk.agent, ticket, desk.agent))["status"] == status


async def test_a_ticket_is_handed_from_one_to_the_next_and_let_go(desk: Desk) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    ticket = await desk.assigned(admin, await desk.ticket(), desk.agent)

    handed = await desk.assigned(desk.agent, ticket, admin)
    let_go = ok(await desk.unassign(admin, ticket))

    assert handed["assignee"]["id"] == str(admin.id)
    assert (let_go["assignee"], let_go["status"], let_go["version"]) == (None, "open", 4)
    *_, assigned, unassigned = await desk.logged_events(ticket, length=5)
    said = TicketAssigned.model_validate(assigned.data)
    assert said.before is not None
    assert (said.before.id, said.after.id) == (desk.agent.id, admin.id)
    assert TicketUnassigned.model_validate(unassigned.data).before.id == admin.id


async def test_who_is_assigned_already_or_nobody_again_is_no_change(desk: Desk) -> None:
    ticket = await desk.ticket()
    assert for_everybody(ok(await desk.unassign(desk.agent, ticket))) == for_everybody(ticket)

    assigned = await desk.assigned(desk.agent, ticket, desk.agent)

    assert await desk.assigned(desk.agent, ticket, desk.agent) == assigned
    assert (await desk.stored(ticket))["sequence"] == 3


async def test_only_active_agents_and_admins_of_the_organisation_are_assigned(desk: Desk) -> None:
    stranger = await make_agent(desk.auth, "Sam Stranger", await another_organisation())
    gone = await desk.joined_by("agent", "Gil Gone")
    await desk.knows(stranger)
    await desk.tickets.db["people"].update_one({"_id": gone.id}, {"$set": {"active": False}})
    ticket = await desk.ticket()

    for id_ in (desk.customer.id, stranger.id, gone.id, new_id()):
        answer = await desk.ask(desk.agent, "PUT", f"/{ticket['id']}/assignee", json={"user_id": str(id_)})
        assert [wrong["field"] for wrong in problem(answer, 422, "invalid")["errors"]] == ["user_id"]
    assert for_everybody(await desk.get(desk.agent, ticket)) == for_everybody(ticket)


async def test_customers_do_not_assign(desk: Desk) -> None:
    ticket = await desk.ticket()

    problem(await desk.assign(desk.customer, ticket, desk.agent), 403, "forbidden")
    problem(await desk.unassign(desk.customer, ticket), 403, "forbidden")


async def test_a_version_nobody_sees_any_more_is_neither_assigned_nor_let_go(desk: Desk) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "open")

    problem(await desk.assign(desk.agent, ticket, desk.agent, if_match='"1"'), 412, "precondition_failed")
    ok(await desk.assign(desk.agent, ticket, desk.agent, if_match='"2"'))
    problem(await desk.unassign(desk.agent, ticket, if_match='"2"'), 412, "precondition_failed")
    ok(await desk.unassign(desk.agent, ticket, if_match='"3"'))


async def test_tickets_are_listed_by_who_is_to_answer_them(desk: Desk) -> None:
    colleague = await desk.joined_by("agent", "Cora Colleague")
    mine, theirs, nobodys = [await desk.ticket() for _ in range(3)]
    await desk.assigned(desk.agent, mine, desk.agent)
    await desk.assigned(desk.agent, theirs, colleague)

    async def listed(assignee: str) -> list[str]:
        return [ticket["id"] for ticket in (await desk.listed(desk.agent, assignee=assignee))["items"]]

    assert await listed("me") == [mine["id"]]
    assert await listed(str(colleague.id)) == [theirs["id"]]
    assert await listed("none") == [nobodys["id"]]
    assert await listed(str(new_id())) == []
    problem(await desk.ask(desk.agent, "GET", params={"assignee": "somebody"}), 422, "invalid")


async def test_somebody_who_is_deactivated_gets_no_tickets_until_they_are_back(desk: Desk) -> None:
    colleague = await desk.joined_by("agent", "Cora Colleague")
    other = await desk.ticket()

    await desk.set_active(colleague, active=False)

    async def refused() -> None:
        problem(await desk.assign(desk.agent, other, colleague), 422, "invalid")

    await eventually(refused)

    await desk.set_active(colleague, active=True)

    async def accepted() -> None:
        ok(await desk.assign(desk.agent, other, colleague))

    await eventually(accepted)
