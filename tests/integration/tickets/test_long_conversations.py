"""The work of a change does not grow with the conversation of its ticket."""

import asyncio
import os
import statistics
import time
from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import pytest

from common.ids import new_id
from tests.support.desk import Desk, ok
from tests.support.query_plans import planned

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONGEST = "\ufdfa" * 20_000
"""A legal body. Compatibility decomposition makes 18 characters of each."""
MESSAGES = 600
POSTED = 600 if os.environ.get("HELPDESK_SOAK") == "1" else 20
EDITS = 20


async def long_conversation(desk: Desk) -> tuple[dict[str, Any], dict[str, Any]]:
    """A ticket with many messages, and the last of these."""
    ticket = await desk.ticket(title="Printer")
    first = await desk.wrote(desk.customer, ticket, LONGEST)
    messages = desk.tickets.db["messages"]
    stored = await messages.find_one({"_id": UUID(first["id"])})
    assert stored is not None
    await messages.insert_many([{**stored, "_id": new_id()} for _ in range(MESSAGES - 1)])
    return ticket, await desk.wrote(desk.customer, ticket, "The password is swordfish.")


async def test_an_edit_of_a_ticket_reads_no_message(desk: Desk) -> None:
    ticket, _ = await long_conversation(desk)

    async with planned(desk.tickets.db) as plans:
        await desk.changed(desk.customer, ticket, title="Fax")

    assert [plan for plan in plans if plan.collection == "messages"] == []
    assert await found(desk, "fax") == [ticket["id"]]
    assert await found(desk, "printer") == []


async def test_a_redaction_reads_the_message_alone(desk: Desk) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    ticket, message = await long_conversation(desk)

    async with planned(desk.tickets.db) as plans:
        ok(await desk.redact(admin, message))

    assert sum(plan.documents for plan in plans.of("messages")) <= 2
    assert await found(desk, "swordfish") == []
    assert await found(desk, "printer") == [ticket["id"]]


async def test_a_page_of_long_messages_is_shorter_and_none_is_skipped(desk: Desk) -> None:
    ticket, _ = await long_conversation(desk)

    sizes: list[int] = []
    seen: list[str] = []
    cursor = None
    while not sizes or cursor is not None:
        query = {"limit": 100, **({"cursor": cursor} if cursor else {})}
        answer = await desk.ask(desk.customer, "GET", f"/{ticket['id']}/messages", params=query)
        page = ok(answer)
        sizes.append(len(answer.content))
        seen += [message["id"] for message in page["items"]]
        cursor = page["next_cursor"]

    assert len(set(seen)) == len(seen) == MESSAGES + 1
    assert max(sizes) <= 4_000_000


async def test_a_word_of_two_messages_is_found_until_both_are_redacted(desk: Desk) -> None:
    admin = await desk.joined_by("admin", "Ada Admin")
    ticket = await desk.ticket()
    first, second = [await desk.wrote(desk.customer, ticket, f"The swordfish {n}.") for n in range(2)]

    ok(await desk.redact(admin, first))
    assert await found(desk, "swordfish") == [ticket["id"]]

    ok(await desk.redact(admin, second))
    assert await found(desk, "swordfish") == []
    assert "swordfish" not in str(await desk.stored(ticket))


@pytest.mark.soak
async def test_the_title_of_a_ticket_with_the_worst_messages_is_edited_while_others_work(desk: Desk) -> None:
    ticket = await desk.ticket(title="Printer")
    for number in range(POSTED):
        text = LONGEST if number % 2 else " ".join(f"{number}a{word}" for word in range(2_000))
        await desk.wrote(desk.customer, ticket, text)
    others = [await milliseconds(desk.listed(desk.agent, limit=1)) for _ in range(EDITS)]

    edits, meanwhile = [], []
    for number in range(EDITS):
        edit = milliseconds(desk.changed(desk.customer, ticket, title=f"Fax {number}"))
        taken = await asyncio.gather(edit, milliseconds(desk.listed(desk.agent, limit=1)))
        edits.append(taken[0])
        meanwhile.append(taken[1])

    figures = ", ".join(
        f"{name} {statistics.median(taken):.0f} ms (median) {max(taken):.0f} ms (longest)"
        for name, taken in (("edit", edits), ("list alone", others), ("list during an edit", meanwhile))
    )
    print(f"{POSTED} messages: {figures}; load {os.getloadavg()[0]:.1f}")  # noqa: T201
    assert await found(desk, f"fax {EDITS - 1}") == [ticket["id"]]


async def milliseconds(call: Awaitable[object]) -> float:
    started = time.perf_counter()
    await call
    return 1000 * (time.perf_counter() - started)


async def found(desk: Desk, text: str) -> list[str]:
    return [ticket["id"] for ticket in (await desk.listed(desk.agent, q=text))["items"]]
