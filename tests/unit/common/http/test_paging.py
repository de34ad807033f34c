"""A cursor names the last item seen; what no list handed out is a clear refusal."""

import base64
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Malformed
from common.http.paging import page_of, position_after


def cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def walk(items: list[int], limit: int) -> list[list[int]]:
    """All pages of a list that is asked for one more than it shows."""
    pages: list[list[int]] = []
    after: int | None = None
    while True:
        found = [each for each in items if after is None or each > after][: limit + 1]
        page = page_of(found, limit, lambda each: each, lambda each: each)
        pages.append(page.items)
        if page.next_cursor is None:
            return pages
        after = position_after(page.next_cursor, int)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, max_size=60).map(sorted), st.integers(1, 20))
def test_the_pages_together_are_the_list_and_only_the_last_may_be_short(items: list[int], limit: int) -> None:
    pages = walk(items, limit)
    assert [each for page in pages for each in page] == items
    assert all(len(page) == limit for page in pages[:-1])
    assert len(pages) == max(1, -(-len(items) // limit))


@given(st.uuids())
def test_an_id_comes_back_as_it_was(id_: UUID) -> None:
    page = page_of([id_, id_], 1, lambda each: str(each), lambda each: each)
    assert page.next_cursor is not None
    assert position_after(page.next_cursor, UUID) == id_


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_any_position_fits_in_an_address_without_escaping(position: list[str]) -> None:
    made = page_of([position] * 2, 1, lambda _: 0, lambda each: each).next_cursor
    assert made is not None
    assert set(made) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert position_after(made, list) == position


@given(st.text() | st.text().map(cursor))
@pytest.mark.parametrize("read", [UUID, int])
def test_what_no_list_handed_out_is_malformed_and_nothing_worse(read: Callable[[Any], object], text: str) -> None:
    with suppress(Malformed):
        position_after(text, read)


@pytest.mark.parametrize("read", [UUID, int, lambda pair: (UUID(pair[0]), int(pair[1]))])
@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "null", "Infinity", "-Infinity", "NaN", "1e999", "9" * 19, "9" * 200, '"x"', '{"$gt": ""}', "[[["],
)
def test_json_that_is_no_position_is_malformed(text: str, read: Callable[[Any], object]) -> None:
    with pytest.raises(Malformed) as caught:
        position_after(cursor(text), read)
    assert caught.value.slug == "invalid_cursor"


@pytest.mark.parametrize("text", ["*", "é", "a", "====", "_w", " "])
def test_what_is_not_base64_of_json_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        position_after(text, int)
