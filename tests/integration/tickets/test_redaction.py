"""Blotting out what a message said: wherever it could be seen, it can not be seen any more."""

from typing import Any

import pytest
import pytest_asyncio

from common.events.tickets import MessageRedacted
from common.ids import new_id
from tests.support.desk import Desk, ok, problem
from tests.support.people import Person
from tests.support.uploads import sweep_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "swordfish"


@pytest_asyncio.fixture(loop_scope="module")
async def admin(desk: Desk) -> Person:
    return await desk.joined_by("admin", "Ada Admin")


async def said(desk: Desk, ticket: dict[str, Any], visibility: str) -> dict[str, Any]:
    file = await desk.uploaded(desk.agent, ticket, SECRET.encode(), f"{SECRET}.txt")
    body = f"The password is {SECRET}, @[Alex]({desk.agent.id})."
    return await desk.wrote(desk.agent, ticket, body, visibility=visibility, attachment_ids=[file["id"]])


@pytest.mark.parametrize("visibility", ["public", "internal"])
async def test_what_it_said_is_gone_from_everything_that_is_shown(desk: Desk, admin: Person, visibility: str) -> None:
    ticket = await desk.ticket()
    message = await said(desk, ticket, visibility)
    kept = await desk.wrote(desk.agent, ticket, "Nothing else.")

    redacted = ok(await desk.redact(admin, message))

    assert (redacted["body"], redacted["mentions"], redacted["attachments"]) == ("", [], [])
    assert redacted["redacted_at"] is not None
    shown = ("id", "author", "visibility", "channel", "created_at")
    assert {name: redacted[name] for name in shown} == {name: message[name] for name in shown}
    assert (await desk.conversation(admin, ticket))["items"] == [redacted, kept]
    problem(await desk.download(admin, message["attachments"][0]), 404, "not_found")
    for person in (desk.customer, desk.agent, admin):
        assert (await desk.listed(person, q=SECRET))["items"] == []
        assert [each["id"] for each in (await desk.listed(person, q="else"))["items"]] == [ticket["id"]]
        for path in ("", "/messages", "/attachments", "/history"):
            assert SECRET not in (await desk.ask(person, "GET", f"/{ticket['id']}{path}")).text
    assert SECRET not in str(await desk.stored(ticket))


async def test_it_is_told_that_a_message_was_redacted_and_not_what_it_said(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    message = await said(desk, ticket, "public")

    await desk.redact(admin, message)

    *_, event = await desk.logged_events(ticket, length=5)
    told = MessageRedacted.model_validate(event.data)
    assert (event.action, str(told.message_id), told.visibility) == ("message.redacted", message["id"], "public")
    assert event.actor is not None
    assert event.actor.id == admin.id
    assert SECRET not in str(event.data)


async def test_the_content_of_its_files_is_removed(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    message = await said(desk, ticket, "public")
    assert await storage_holds(desk, message)

    await desk.redact(admin, message)
    await sweep_of(desk.tickets.db).sweep()

    assert not await storage_holds(desk, message)


async def storage_holds(desk: Desk, message: dict[str, Any]) -> bool:
    chunks = desk.tickets.db["contents.chunks"].find({"data": SECRET.encode()})
    ids = {str(chunk["files_id"]) async for chunk in chunks}
    return message["attachments"][0]["id"] in ids


async def test_once_is_enough(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    message = await said(desk, ticket, "public")

    first, again = [ok(await desk.redact(admin, message)) for _ in range(2)]

    assert first == again
    assert (await desk.stored(ticket))["sequence"] == 5


async def test_it_changes_nothing_of_the_ticket_that_is_shown(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    message = await said(desk, ticket, "internal")
    before = await desk.get(desk.customer, ticket)

    await desk.redact(admin, message)

    assert await desk.get(desk.customer, ticket) == before


async def test_only_admins_redact_and_only_what_is_there(desk: Desk, admin: Person) -> None:
    ticket, other = await desk.ticket(), await desk.ticket()
    message = await said(desk, ticket, "public")

    for person in (desk.customer, desk.agent):
        problem(await desk.redact(person, message), 403, "forbidden")
    problem(await desk.redact(admin, {**message, "ticket_id": other["id"]}), 404, "not_found")
    problem(await desk.redact(admin, {**message, "id": str(new_id())}), 404, "not_found")
    assert (await desk.conversation(admin, ticket))["items"] == [message]


async def test_an_edit_does_not_bring_back_what_was_redacted(desk: Desk, admin: Person) -> None:
    ticket = await desk.ticket()
    message = await said(desk, ticket, "public")
    await desk.redact(admin, message)

    await desk.changed(desk.customer, ticket, title="Fax")

    assert (await desk.listed(admin, q=SECRET))["items"] == []
