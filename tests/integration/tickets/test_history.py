"""The history of a ticket: what happened, when and by whom, as far as one may know."""

from typing import Any

import pytest

from tests.support.desk import Desk, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def eventful(desk: Desk) -> dict[str, Any]:
    """A ticket to which everything happened."""
    admin = await desk.joined_by("admin", "Ada Admin")
    ticket = await desk.ticket(tags=["a"])
    await desk.assigned(desk.agent, ticket, desk.agent)
    await desk.wrote(desk.agent, ticket, "Psst.", visibility="internal")
    file = await desk.uploaded(desk.agent, ticket, name="secret plans.txt")
    await desk.wrote(desk.agent, ticket, "Psst.", visibility="internal", attachment_ids=[file["id"]])
    await desk.changed(desk.customer, ticket, title="Fax")
    reply = await desk.wrote(desk.customer, ticket, "Hello.")
    await desk.redact(admin, reply)
    ok(await desk.unassign(desk.agent, ticket))
    await desk.delete(admin, ticket)
    return ok(await desk.restore(admin, ticket))


STAFF = [
    "ticket.created",
    "ticket.assigned",
    "ticket.status_changed",
    "message.posted",
    "message.posted",
    "attachment.added",
    "ticket.edited",
    "message.posted",
    "message.redacted",
    "ticket.unassigned",
    "ticket.deleted",
    "ticket.restored",
]
CUSTOMER = [
    "ticket.created",
    "ticket.assigned",
    "ticket.status_changed",
    "ticket.edited",
    "message.posted",
    "message.redacted",
    "ticket.unassigned",
]


async def test_staff_is_told_everything_in_order_with_who_and_before_and_after(desk: Desk) -> None:
    ticket = await eventful(desk)

    told = await desk.history(desk.agent, ticket, length=len(STAFF))

    assert [entry["action"] for entry in told] == STAFF
    times = [entry["occurred_at"] for entry in told]
    assert times == sorted(set(times))
    agent, customer = [{"id": str(each.id), "name": each.name} for each in (desk.agent, desk.customer)]
    assert [told[n]["actor"] for n in (0, 1, 6)] == [customer, agent, customer]
    changes = {entry["action"]: (entry["before"], entry["after"]) for entry in told}
    assert changes["ticket.edited"] == ({"title": "Printer"}, {"title": "Fax"})
    assert changes["ticket.assigned"] == ({"assignee": None}, {"assignee": agent})
    assert changes["ticket.status_changed"] == ({"status": "new"}, {"status": "open"})
    assert changes["ticket.deleted"] == ({"deleted": False}, {"deleted": True})
    assert changes["ticket.created"][1]["tags"] == ["a"]


async def test_a_customer_is_told_nothing_of_notes_and_can_not_tell_that_there_are_any(desk: Desk) -> None:
    ticket = await eventful(desk)
    await desk.history(desk.agent, ticket, length=len(STAFF))

    told = await desk.history(desk.customer, ticket, length=len(CUSTOMER))

    assert [entry["action"] for entry in told] == CUSTOMER
    text = (await desk.ask(desk.customer, "GET", f"/{ticket['id']}/history")).text
    for word in ("internal", "Psst", "secret", "sequence", "deleted"):
        assert word not in text


async def test_pages_of_a_history_hold_each_entry_once(desk: Desk) -> None:
    ticket = await eventful(desk)
    await desk.history(desk.agent, ticket, length=len(STAFF))

    for person, expected in ((desk.agent, STAFF), (desk.customer, CUSTOMER)):
        actions: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            page = ok(await desk.ask(person, "GET", f"/{ticket['id']}/history", params={"limit": 2, **cursor}))
            actions += [entry["action"] for entry in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert actions == expected


async def test_somebody_elses_history_is_not_there(desk: Desk) -> None:
    neighbour = await desk.joined_by("customer", "Nora Neighbour")
    ticket = await desk.ticket()

    problem(await desk.ask(neighbour, "GET", f"/{ticket['id']}/history"), 404, "not_found")
