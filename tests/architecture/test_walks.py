"""docs/walks.md is true: its files exist, none is listed twice, and the walks do not grow."""

import re

import pytest

from stack.paths import CHECKOUT

FILE = re.compile(r"^\| \d+ \| `([^`]+)` \|", re.MULTILINE)
WALKS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", (CHECKOUT / "docs" / "walks.md").read_text(), re.M | re.S))
LIMITS = {
    "A ticket, from POST to SMTP": 35,
    "A new field of a ticket": 7,
    "A new kind of notification, of a new event": 5,
}


def test_the_page_has_three_walks() -> None:
    assert WALKS.keys() == LIMITS.keys()


@pytest.mark.parametrize("title", LIMITS)
def test_a_walk_names_files_that_exist_each_once_and_not_too_many(title: str) -> None:
    files = FILE.findall(WALKS[title])

    assert [file for file in files if not (CHECKOUT / file).is_file()] == []
    assert len(files) == len(set(files))
    assert 0 < len(files) <= LIMITS[title], "Shorten the walk: merge two steps, or derive one place from another."
