"""Titles, categories, tags and file names are one visible line, whatever is typed or pasted."""

from typing import Any

import pytest

from tests.support.desk import Desk, ok, problem

pytestmark = pytest.mark.asyncio(loop_scope="module")

INVISIBLE = ["\u200b\u200b", "\u2060", "\u3164", "\u00ad", "\u2800", "\0", " \u200e "]
PERSIAN, FAMILY = "می\u200cخواهم", "👨\u200d👩\u200d👧\u200d👦"


@pytest.mark.parametrize("field", ["title", "category", "tags"])
@pytest.mark.parametrize("typed", INVISIBLE)
async def test_text_that_nobody_can_see_is_refused_with_what_to_do(desk: Desk, field: str, typed: str) -> None:
    fields: dict[str, Any] = {field: [typed] if field == "tags" else typed}
    refused = problem(await desk.create(desk.agent, **fields), 422, "invalid")

    [error] = refused["errors"]
    assert error["field"].startswith(field)
    assert error["message"] == "Enter text that can be seen."


async def test_bidi_overrides_and_stray_invisible_characters_are_removed(desk: Desk) -> None:
    ticket = await desk.ticket(
        desk.agent, title="Bill\u202egpj.exe\u200b\0", category="Hard\u2066ware", tags=["a\u200b", "\u202ea"]
    )

    assert (ticket["title"], ticket["category"], ticket["tags"]) == ("Billgpj.exe", "Hardware", ["a"])


async def test_line_breaks_become_spaces_and_letters_are_composed(desk: Desk) -> None:
    ticket = await desk.ticket(title=" Printer\r\n\r\non\tfire\u2028 Ko\u0308ln ")

    assert ticket["title"] == "Printer on fire Köln"


async def test_joiners_inside_words_and_emoji_stay(desk: Desk) -> None:
    title = f"{FAMILY} {PERSIAN} ❤\ufe0f"

    assert (await desk.ticket(title=title))["title"] == title


async def test_a_title_that_is_too_long_is_measured_without_what_is_removed(desk: Desk) -> None:
    assert (await desk.ticket(title=f"{'t' * 200}\u200b "))["title"] == "t" * 200
    problem(await desk.create(desk.customer, title="t" * 201), 422, "invalid")


async def test_a_title_is_corrected_the_same_way_when_it_is_changed(desk: Desk) -> None:
    ticket = await desk.ticket()

    assert (await desk.changed(desk.customer, ticket, title="New\u202e\ntitle"))["title"] == "New title"
    problem(await desk.change(desk.customer, ticket, title="\u200b"), 422, "invalid")


async def test_a_file_name_keeps_its_joiners_and_fits_into_a_file_system(desk: Desk) -> None:
    ticket = await desk.ticket()

    async def uploaded(name: str) -> str:
        files = {"file": (name, b"%PDF-1.7\n", "application/pdf")}
        answer = await desk.ask(desk.customer, "POST", f"/{ticket['id']}/attachments", files=files)
        return str(ok(answer, 201)["name"])

    assert await uploaded(f"{PERSIAN}.pdf") == f"{PERSIAN}.pdf"
    long = await uploaded("漢" * 150 + ".pdf")
    assert long.endswith("漢.pdf")
    assert len(long.encode()) <= 255
