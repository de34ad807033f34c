"""Mentions are found by id."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.mentions import MAX_MENTIONS, find_mentions, show_names

ADA, ALEX = UUID(int=1), UUID(int=2)


def test_people_are_mentioned_by_name_and_id_in_order_and_once() -> None:
    body = f"@[Ada Admin]({ADA}) and @[Alex]({ALEX}), please look. Thanks, @[Ada]({ADA})!"
    assert find_mentions(body) == [ADA, ALEX]


@pytest.mark.parametrize(
    "body",
    [
        "@Ada",
        "ada@example.org",
        f"[Ada]({ADA})",
        f"@Ada({ADA})",
        "@[Ada](everybody)",
        f"@[A\nda]({ADA})",
        f"@[]({ADA})",
    ],
)
def test_nothing_else_is_a_mention(body: str) -> None:
    assert find_mentions(body) == []


@given(st.text(alphabet="@[]()-a1 \n", max_size=300))
def test_any_text_can_be_read(body: str) -> None:
    assert find_mentions(body) == []


@pytest.mark.parametrize("name", ["Sam [IT] (Berlin)", "a](b", "יעל", "👩‍🚒", "[", "]", "\\", "x" * 200])
def test_a_name_may_contain_anything_but_a_line_break(name: str) -> None:
    body = f"Ask @[{name}]({ADA})."
    assert find_mentions(body) == [ADA]
    assert show_names(body) == f"Ask @{name}."


def test_the_beginning_of_another_mention_ends_a_name() -> None:
    body = f"@[not one @[Ada]({ADA})"
    assert find_mentions(body) == [ADA]
    assert show_names(body) == "@[not one @Ada"


def test_what_follows_a_backslash_is_no_mention() -> None:
    body = f"\\@[Ada]({ADA})"
    assert find_mentions(body) == []
    assert show_names(body) == body


def test_mentions_are_limited() -> None:
    assert len(find_mentions("".join(f"@[x]({UUID(int=n)})" for n in range(2 * MAX_MENTIONS)))) == MAX_MENTIONS
