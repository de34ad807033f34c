"""Finding tickets: by what they are, by what they say, and in what order."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from common import clock
from tests.support.desk import Desk, problem
from tests.support.people import Person

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def titles(desk: Desk, by: Person, **query: Any) -> list[str]:
    """Of all that is listed."""
    return [ticket["title"] async for page in desk.pages(by, **query) for ticket in page]


async def test_filters_narrow_a_list_each_by_itself_and_all_together(desk: Desk) -> None:
    other = await desk.joined_by("customer", "Olive Other")
    await desk.ticket(title="a", priority="urgent", category="Hardware", tags=["x", "y"])
    await desk.ticket(title="b", priority="low", category="Software", tags=["y"])
    c = await desk.ticket(other, title="c", category="Hardware")
    await desk.changed(desk.agent, c, priority="high", status="pending")
    await desk.tickets.db["tickets"].update_one({"_id": UUID(c["id"])}, {"$set": {"escalated_at": clock.now()}})

    wanted: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["c", "b", "a"]),
        ({"status": "new"}, ["b", "a"]),
        ({"status": ["new", "pending"]}, ["c", "b", "a"]),
        ({"status": "open,pending"}, ["c"]),
        ({"priority": ["urgent", "low"]}, ["b", "a"]),
        ({"priority": "high,urgent"}, ["c", "a"]),
        ({"category": "Hardware"}, ["c", "a"]),
        ({"tag": "y"}, ["b", "a"]),
        ({"tag": "x"}, ["a"]),
        ({"requester": str(other.id)}, ["c"]),
        ({"requester": "me"}, []),
        ({"escalated": True}, ["c"]),
        ({"escalated": False}, ["b", "a"]),
        ({"category": "Hardware", "status": "new", "priority": "urgent", "tag": "x"}, ["a"]),
        ({"category": "Hardware", "tag": "z"}, []),
    ]
    for query, expected in wanted:
        assert await titles(desk, desk.agent, **query) == expected, query


async def test_a_customer_filters_own_tickets_only(desk: Desk) -> None:
    other = await desk.joined_by("customer", "Olive Other")
    await desk.ticket(title="mine", category="Hardware")
    await desk.ticket(other, title="theirs", category="Hardware")

    assert await titles(desk, desk.customer, category="Hardware") == ["mine"]
    assert await titles(desk, desk.customer, requester="me") == ["mine"]
    assert await titles(desk, desk.customer, requester=str(other.id)) == []
    assert await titles(desk, desk.customer, assignee="none") == ["mine"]


async def test_ranges_of_time_begin_with_their_first_moment_and_end_before_their_last(desk: Desk) -> None:
    one, two, three = [await desk.ticket(title=title) for title in "abc"]
    changed = await desk.changed(desk.agent, one, priority="high")

    assert await titles(desk, desk.agent, created_after=two["created_at"]) == ["c", "b"]
    assert await titles(desk, desk.agent, created_before=two["created_at"]) == ["a"]
    within = {"created_after": two["created_at"], "created_before": three["created_at"]}
    assert await titles(desk, desk.agent, **within) == ["b"]
    assert await titles(desk, desk.agent, updated_after=changed["updated_at"]) == ["a"]
    assert await titles(desk, desk.agent, updated_before=changed["updated_at"]) == ["c", "b"]
    yesterday = (clock.now() - timedelta(days=1)).isoformat()
    assert await titles(desk, desk.agent, updated_after=yesterday, sort="updated") == ["a", "c", "b"]
    assert await titles(desk, desk.agent, created_after="1960-01-01T00:00:00Z") == ["c", "b", "a"]
    assert await titles(desk, desk.agent, created_after="9999-12-31T23:59:59+00:00") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "lost"}, "status.0"),
        ({"status": "open,lost"}, "status.1"),
        ({"priority": "extreme"}, "priority.0"),
        ({"created_after": "yesterday"}, "created_after"),
        ({"created_after": "2026-05-14T09:30:00"}, "created_after"),
        ({"updated_before": "0001-01-01T00:00:00+14:00"}, "updated_before"),
        ({"requester": "somebody"}, "requester"),
        ({"escalated": "perhaps"}, "escalated"),
        ({"sort": "title"}, "sort"),
        ({"order": "down"}, "order"),
        ({"q": "x" * 201}, "q"),
        ({"statsu": "open"}, "statsu"),
        ({"title": "Printer"}, "title"),
    ],
)
async def test_a_filter_that_means_nothing_is_refused(desk: Desk, query: dict[str, str], field: str) -> None:
    body = problem(await desk.ask(desk.agent, "GET", params=query), 422, "invalid")

    assert body["errors"][0]["field"].startswith(field)


async def test_lists_are_sorted_by_creation_by_change_or_by_urgency_both_ways(desk: Desk) -> None:
    a = await desk.ticket(title="a", priority="urgent")
    b = await desk.ticket(title="b", priority="low")
    await desk.ticket(title="c", priority="urgent")
    await desk.ticket(title="d", priority="high")
    await desk.wrote(desk.customer, b)
    await desk.changed(desk.agent, a, category="Hardware")

    orders: list[tuple[dict[str, str], str]] = [
        ({}, "dcba"),
        ({"sort": "created"}, "dcba"),
        ({"sort": "created", "order": "asc"}, "abcd"),
        ({"sort": "updated"}, "abdc"),
        ({"sort": "updated", "order": "asc"}, "cdba"),
        ({"sort": "priority"}, "cadb"),
        ({"sort": "priority", "order": "asc"}, "bdac"),
    ]
    for query, expected in orders:
        for limit in (1, 2, 100):
            assert "".join(await titles(desk, desk.agent, limit=limit, **query)) == expected, query


async def test_a_cursor_of_one_order_is_none_of_another(desk: Desk) -> None:
    for _ in range(2):
        await desk.ticket()
    cursor = (await desk.listed(desk.agent, limit=1, sort="updated"))["next_cursor"]

    for sort in ("created", "priority"):
        answer = await desk.ask(desk.agent, "GET", params={"cursor": cursor, "sort": sort})
        problem(answer, 400, "invalid_cursor")


async def test_words_find_tickets_by_title_description_number_and_messages(desk: Desk) -> None:
    ticket = await desk.ticket(title="Drücker brennt", description="In the COPY room, code E-1234.")
    await desk.ticket(title="Fax", description="It smokes.")
    await desk.wrote(desk.customer, ticket, "The **toner** is out, too.")
    await desk.wrote(desk.agent, ticket, "Have you tried water?")

    for q in ("drucker", "DRÜCKER", "copy room", "room copy", "e-1234", "toner", "water copy", "#1", "ton", "drü bren"):
        for person in (desk.agent, desk.customer):
            assert await titles(desk, person, q=q) == ["Drücker brennt"], q
    for q in ("fax copy", "ucker", "in toners", "!", "i"):
        assert await titles(desk, desk.agent, q=q) == [], q
    assert await titles(desk, desk.agent, q="it") == ["Fax"]
    for q in ("", "  "):
        assert await titles(desk, desk.agent, q=q) == ["Fax", "Drücker brennt"]


async def test_words_and_filters_and_orders_go_together(desk: Desk) -> None:
    for title, priority in (("a", "low"), ("b", "urgent"), ("c", "high")):
        await desk.ticket(title=title, description="The same words.", priority=priority)

    assert await titles(desk, desk.agent, q="same", sort="priority", limit=1) == ["b", "c", "a"]
    assert await titles(desk, desk.agent, q="same words", priority="low,high", order="asc") == ["a", "c"]


async def test_what_only_a_note_says_finds_a_ticket_for_staff_and_never_for_its_requester(desk: Desk) -> None:
    ticket = await desk.ticket(title="Printer")
    await desk.wrote(desk.agent, ticket, "The customer is a nuisance.", visibility="internal")

    for q in ("nuisance", "!nuisance", "\\!nuisance", "nui", "printer nuisance", "customer"):
        assert await titles(desk, desk.customer, q=q) == [], q
        assert await titles(desk, desk.agent, q=q) == ["Printer"], q

    await desk.wrote(desk.customer, ticket, "What a nuisance!")
    assert await titles(desk, desk.customer, q="nuisance") == ["Printer"]


async def test_after_an_edit_a_ticket_is_found_by_what_it_says_now_and_by_its_messages(desk: Desk) -> None:
    ticket = await desk.ticket(title="Printer", description="It burns.")
    await desk.wrote(desk.customer, ticket, "Badly.")
    await desk.wrote(desk.agent, ticket, "Arson?", visibility="internal")

    await desk.changed(desk.customer, ticket, title="Fax", description="It smokes.")

    assert [await titles(desk, desk.customer, q=q) for q in ("printer", "burns", "arson")] == [[], [], []]
    assert [await titles(desk, desk.customer, q=q) for q in ("fax", "smokes", "badly")] == [["Fax"]] * 3
    assert await titles(desk, desk.agent, q="arson") == ["Fax"]


async def test_words_of_several_texts_find_a_ticket_for_those_who_read_all_of_them(desk: Desk) -> None:
    ticket = await desk.ticket(title="Printer")
    await desk.wrote(desk.customer, ticket, "Toner is out.")
    await desk.wrote(desk.agent, ticket, "Order some.", visibility="internal")

    assert await titles(desk, desk.agent, q="printer toner order") == ["Printer"]
    assert await titles(desk, desk.customer, q="printer toner") == ["Printer"]
    assert await titles(desk, desk.customer, q="printer toner order") == []
