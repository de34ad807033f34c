"""The tables of docs/architecture.md are written from code."""

import pytest

from stack.errors import StackError
from stack.paths import ARCHITECTURE
from stack.tables import with_tables

PAGE = (
    "<!-- generated: access -->\nold\n<!-- end -->\n<!-- generated: authority --><!-- end -->\nWorkflow:\n"
    "<!-- generated: workflow --><!-- end -->\nText.\n"
)


def test_each_table_is_written_into_its_place_and_nothing_else_changes() -> None:
    page = with_tables(PAGE)

    assert "| assign tickets | no | yes | yes |" in page
    assert "| `resolved` | `open`, `closed` |" in page
    assert "| user deactivated | ends | ends | ends | ends | ends | ends | all |" in page
    assert "\nold\n" not in page
    assert page.startswith("<!-- generated: access -->\n| permission | customer | agent | admin |\n|---|---|---|---|\n")
    assert page.endswith("<!-- end -->\nText.\n")
    assert with_tables(page) == page


def test_a_page_without_a_place_for_a_table_is_refused() -> None:
    with pytest.raises(StackError, match="generated: workflow"):
        with_tables(PAGE.replace("generated: workflow", "workflow"))


def test_the_committed_page_is_what_the_code_says() -> None:
    page = ARCHITECTURE.read_text()
    assert with_tables(page) == page, "Run `make generate`."
