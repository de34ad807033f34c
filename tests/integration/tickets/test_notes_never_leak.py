"""A customer looks everywhere in tickets, and finds no word of an internal note and no trace that there is one."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.support.desk import Desk, ok
from tests.support.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKER = "xyzzy"


async def everything(desk: Desk, by: Person, ticket: dict[str, Any]) -> dict[str, str]:
    """Every answer that a customer can get without changing anything, with its headers."""
    document = (await desk.tickets.http.get("/api/v1/tickets/openapi.json")).json()
    answers = {}
    for path, calls in document["paths"].items():
        place = path.replace("{ticket_id}", ticket["id"])
        if "get" in calls and "{" not in place:
            answers[path] = await _read(desk, by, place)
    assert len(answers) >= 5
    for query in ({"q": MARKER}, {"sort": "updated"}, {"status": "new,open,pending"}, {"assignee": "none"}):
        answers[str(query)] = await _read(desk, by, "/api/v1/tickets", params=query)
    return answers


async def _read(desk: Desk, by: Person, place: str, **more: Any) -> str:
    answer = await desk.tickets.http.get(place, headers=by.headers, **more)
    told = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return f"{answer.status_code} {told} {answer.text.replace(answer.headers['x-request-id'], '')}"


async def note(desk: Desk, ticket: dict[str, Any]) -> None:
    await desk.wrote(desk.agent, ticket, f"{MARKER} @[{MARKER}]({desk.agent.id})", visibility="internal")


async def note_with_a_file(desk: Desk, ticket: dict[str, Any]) -> None:
    file = await desk.uploaded(desk.agent, ticket, MARKER.encode(), f"{MARKER}.txt")
    await desk.wrote(desk.agent, ticket, MARKER, visibility="internal", attachment_ids=[file["id"]])


async def file_that_waits(desk: Desk, ticket: dict[str, Any]) -> None:
    await desk.uploaded(desk.agent, ticket, MARKER.encode(), f"{MARKER}.txt")


async def redacted_note(desk: Desk, ticket: dict[str, Any]) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    ok(await desk.redact(admin, await desk.wrote(desk.agent, ticket, MARKER, visibility="internal")))


@pytest.mark.parametrize("secretly", [note, note_with_a_file, file_that_waits, redacted_note])
async def test_every_answer_is_the_same_to_the_last_byte_as_before_there_was_a_note(
    desk: Desk, secretly: Callable[[Desk, dict[str, Any]], Awaitable[None]]
) -> None:
    ticket = await desk.ticket()
    await desk.wrote(desk.customer, ticket, "Any news?")
    await desk.history(desk.customer, ticket, length=2)
    before = await everything(desk, desk.customer, ticket)

    await secretly(desk, ticket)
    await desk.logged_events(ticket, length=2 if secretly is file_that_waits else 3)

    assert await everything(desk, desk.customer, ticket) == before
    assert not any(MARKER in answer for place, answer in before.items() if MARKER not in place)


async def test_the_search_of_this_test_finds_what_is_there(desk: Desk) -> None:
    ticket = await desk.ticket()
    await desk.wrote(desk.customer, ticket, f"{MARKER}!")

    assert any(MARKER in answer for answer in (await everything(desk, desk.customer, ticket)).values())


async def test_a_change_meant_for_the_version_before_a_note_goes_through(desk: Desk) -> None:
    ticket = await desk.ticket()
    await note(desk, ticket)

    ok(await desk.change(desk.customer, ticket, if_match='"1"', title="Fax"))
