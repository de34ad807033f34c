"""Reading tickets: what a caller may know of, and pages that neither repeat nor skip."""

import asyncio
import base64
import json
from typing import Any
from uuid import UUID

import pytest

from common.events import Role
from common.ids import new_id
from tests.support.desk import Desk, ok, problem
from tests.support.people import Person, another_organisation, make_agent, make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def ids(desk: Desk, by: Person, **query: Any) -> list[str]:
    """Of all tickets on all pages."""
    return [ticket["id"] async for page in desk.pages(by, **query) for ticket in page]


async def test_a_customer_lists_own_tickets_and_an_agent_all_newest_first(desk: Desk) -> None:
    other = await make_person(desk.auth, "customer", "Olive Other", desk.organisation)
    first = await desk.ticket(desk.customer)
    second = await desk.ticket(other)
    third = await desk.ticket(desk.customer)

    assert await ids(desk, desk.customer) == [third["id"], first["id"]]
    assert await ids(desk, other) == [second["id"]]
    assert await ids(desk, desk.agent) == [third["id"], second["id"], first["id"]]


async def test_what_a_caller_may_not_see_is_answered_like_what_does_not_exist(desk: Desk) -> None:
    neighbour = await make_person(desk.auth, "customer", "Nora Neighbour", desk.organisation)
    elsewhere = await another_organisation()
    roles: tuple[Role, ...] = ("customer", "agent", "admin", "operator")
    strangers = [await make_person(desk.auth, role, f"{role} outside", elsewhere) for role in roles]
    ticket = await desk.ticket(desk.customer)

    for outsider in (neighbour, *strangers):
        for method, path, body in (
            ("GET", "", None),
            ("PATCH", "", {"status": "closed"}),
            ("GET", "/messages", None),
            ("POST", "/messages", {"body": "Hello."}),
        ):
            hidden, missing = [
                problem(await desk.ask(outsider, method, f"/{id_}{path}", json=body), 404, "not_found")
                for id_ in (ticket["id"], str(new_id()))
            ]
            assert _without_id(hidden) == _without_id(missing)
    assert await desk.get(desk.customer, ticket) == ticket


def _without_id(body: dict[str, Any]) -> dict[str, Any]:
    id_ = body["instance"].split("/")[4]
    body.pop("request_id")
    return {name: str(value).replace(id_, "<id>") for name, value in body.items()}


async def test_an_agent_of_another_organisation_lists_nothing_of_this_one(desk: Desk) -> None:
    stranger = await make_agent(desk.auth, "Sam Stranger", await another_organisation())
    await desk.ticket()

    assert await ids(desk, stranger) == []


async def test_a_list_can_be_narrowed_to_one_status(desk: Desk) -> None:
    new, pending, closed = [await desk.ticket() for _ in range(3)]
    await desk.change_status(desk.agent, pending, "open", "pending")
    await desk.change_status(desk.agent, closed, "closed")

    assert await ids(desk, desk.agent, status="new") == [new["id"]]
    assert await ids(desk, desk.agent, status="pending") == [pending["id"]]
    assert await ids(desk, desk.customer, status="closed") == [closed["id"]]
    assert await ids(desk, desk.agent, status="resolved") == []
    problem(await desk.ask(desk.agent, "GET", params={"status": "lost"}), 422, "invalid")


async def test_pages_hold_each_ticket_once_while_others_are_opened(desk: Desk) -> None:
    before = [ticket["id"] for ticket in await asyncio.gather(*(desk.ticket(desk.agent) for _ in range(12)))]
    seen: list[str] = []

    async for page in desk.pages(desk.agent, limit=3):
        seen += [ticket["id"] for ticket in page]
        await asyncio.gather(*(desk.ticket(desk.agent) for _ in range(2)))

    assert len(seen) == len(set(seen))
    assert set(seen) == set(before)
    assert seen == sorted(seen, key=UUID, reverse=True)


async def test_pages_hold_each_ticket_once_while_writers_never_pause(desk: Desk) -> None:
    before = {(await desk.ticket(desk.agent))["id"] for _ in range(6)}
    walking = asyncio.Event()

    async def keep_opening() -> None:
        while not walking.is_set():
            await desk.ticket(desk.agent)

    writer = asyncio.create_task(keep_opening())
    try:
        for _ in range(5):
            seen = await ids(desk, desk.agent, limit=2)
            assert len(seen) == len(set(seen))
            assert before <= set(seen)
    finally:
        walking.set()
        await writer


async def test_the_last_page_says_that_it_is_the_last(desk: Desk) -> None:
    for _ in range(4):
        await desk.ticket()

    pages = [len(page) async for page in desk.pages(desk.customer, limit=2)]

    assert pages == [2, 2]


@pytest.mark.parametrize("limit", ["0", "101", "-1", "many", ""])
async def test_a_limit_outside_of_1_to_100_is_a_wrong_field(desk: Desk, limit: str) -> None:
    body = problem(await desk.ask(desk.customer, "GET", params={"limit": limit}), 422, "invalid")

    assert [wrong["field"] for wrong in body["errors"]] == ["limit"]


async def test_the_limits_themselves_are_accepted(desk: Desk) -> None:
    await desk.ticket()
    await desk.ticket()

    assert len((await desk.listed(desk.customer, limit=1))["items"]) == 1
    assert len((await desk.listed(desk.customer, limit=100))["items"]) == 2


def _cursor(position: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


INVALID_CURSORS = [
    "nonsense",
    "é",
    "%00",
    _cursor("not-an-id"),
    _cursor(None),
    _cursor(10**30),
    _cursor(["0001-01-01T00:00:00+14:00", str(UUID(int=7))]),
    _cursor({"a": 1}),
]


@pytest.mark.parametrize("cursor", INVALID_CURSORS)
async def test_a_cursor_no_list_handed_out_is_refused(desk: Desk, cursor: str) -> None:
    problem(await desk.ask(desk.customer, "GET", params={"cursor": cursor}), 400, "invalid_cursor")


async def test_a_cursor_gives_nobody_more_than_the_list_does(desk: Desk) -> None:
    own = await desk.ticket(desk.customer)
    await desk.ticket(desk.agent)
    await desk.ticket(desk.agent)
    page = await desk.listed(desk.agent, limit=1)

    seen = await desk.listed(desk.customer, cursor=page["next_cursor"])

    assert [ticket["id"] for ticket in seen["items"]] == [own["id"]]


async def test_an_id_that_is_none_is_a_wrong_field(desk: Desk) -> None:
    problem(await desk.ask(desk.customer, "GET", "/12"), 422, "invalid")


async def test_a_ticket_says_times_in_utc_with_milliseconds(desk: Desk) -> None:
    ticket = ok(await desk.create(desk.customer), 201)

    assert len(ticket["created_at"]) == len("2026-11-21T09:30:00.125Z")
    assert ticket["created_at"].endswith("Z")
    assert ticket["created_at"] == ticket["updated_at"]
