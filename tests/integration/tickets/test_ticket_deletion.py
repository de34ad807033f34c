"""Deleting tickets: out of everybody's sight, and back."""

from typing import Any

import pytest
import pytest_asyncio

from tests.support.desk import Desk, for_everybody, ok, problem
from tests.support.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def admin(desk: Desk) -> Person:
    return await desk.joined_by("admin", "Ada Admin")


async def test_a_deleted_ticket_is_not_there_for_anybody(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    message = await desk.wrote(desk.customer, ticket, "Strange words.")
    file = await desk.uploaded(desk.customer, ticket)
    await desk.wrote(desk.customer, ticket, attachment_ids=[file["id"]])

    answer = await desk.delete(admin, ticket)

    assert (answer.status_code, answer.content) == (204, b"")
    calls: list[tuple[str, str, Any]] = [
        ("GET", "", None),
        ("PATCH", "", {"status": "closed"}),
        ("PUT", "", {"title": "Fax", "description": "It smokes."}),
        ("GET", "/messages", None),
        ("POST", "/messages", {"body": "Hello."}),
        ("GET", "/history", None),
        ("GET", "/attachments", None),
    ]
    for person in (desk.customer, desk.agent, admin):
        for method, path, body in calls:
            problem(await desk.ask(person, method, f"/{ticket['id']}{path}", json=body), 404, "not_found")
        problem(await desk.download(person, file), 404, "not_found")
        assert (await desk.listed(person))["items"] == []
        assert (await desk.listed(person, q="strange"))["items"] == []
    problem(await desk.assign(admin, ticket, desk.agent), 404, "not_found")
    problem(await desk.redact(admin, message), 404, "not_found")
    problem(await desk.delete(admin, ticket), 404, "not_found")


async def test_a_restored_ticket_is_as_it_was(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    message = await desk.wrote(desk.customer, ticket)
    before = await desk.get(admin, ticket)
    await desk.delete(admin, ticket)

    restored = ok(await desk.restore(admin, ticket))

    changed = {"version": before["version"] + 2, "updated_at": restored["updated_at"]}
    assert restored == {**before, **changed}
    assert for_everybody(restored) == for_everybody(await desk.get(desk.customer, ticket))
    assert (await desk.conversation(desk.customer, ticket))["items"] == [message]
    actions = [event.action for event in await desk.logged_events(ticket, length=4)]
    assert actions == ["ticket.created", "message.posted", "ticket.deleted", "ticket.restored"]


async def test_restoring_what_is_not_deleted_changes_nothing(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()

    assert for_everybody(ok(await desk.restore(admin, ticket))) == for_everybody(ticket)


async def test_admins_list_what_is_deleted_and_nobody_else_does(desk: Desk, admin: Person) -> None:
    gone, stays = await desk.ticket(), await desk.ticket()
    await desk.delete(admin, gone)

    [listed] = (await desk.listed(admin, deleted=True))["items"]

    assert listed["id"] == gone["id"]
    assert listed["deleted_at"] == listed["updated_at"]
    assert [each["id"] for each in (await desk.listed(admin))["items"]] == [stays["id"]]
    for person in (desk.customer, desk.agent):
        problem(await desk.ask(person, "GET", params={"deleted": True}), 403, "forbidden")


async def test_only_admins_delete_and_restore(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()

    for person in (desk.customer, desk.agent):
        problem(await desk.delete(person, ticket), 403, "forbidden")
        problem(await desk.restore(person, ticket), 403, "forbidden")
    assert for_everybody(await desk.get(admin, ticket)) == for_everybody(ticket)


async def test_a_version_nobody_sees_any_more_is_neither_deleted_nor_restored(desk: Desk, admin: Person) -> None:
    ticket = await desk.change_status(desk.agent, await desk.ticket(), "open")

    problem(await desk.delete(admin, ticket, if_match='"1"'), 412, "precondition_failed")
    assert (await desk.delete(admin, ticket, if_match='"2"')).status_code == 204
    problem(await desk.restore(admin, ticket, if_match='"2"'), 412, "precondition_failed")
    ok(await desk.restore(admin, ticket, if_match='"3"'))


async def test_a_number_is_not_used_again_after_a_ticket_is_deleted(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    await desk.delete(admin, ticket)

    assert (await desk.ticket())["number"] == ticket["number"] + 1
