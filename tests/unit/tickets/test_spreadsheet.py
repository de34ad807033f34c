"""Rows that a spreadsheet opens as they are meant: as text and numbers, never as formulas."""

import csv
import io
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets.spreadsheet import escape_formula, to_csv

text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
formulas = st.tuples(st.sampled_from(["=", "+", "-", "@", "\t", "\r", " =", "＝"]), text).map("".join)


def read(written: str) -> list[list[str]]:
    """As another program reads it."""
    return list(csv.reader(io.StringIO(written, newline="")))


@given(formulas)
def test_no_cell_begins_like_a_formula(formula: str) -> None:
    escaped = escape_formula(formula)

    assert escaped.startswith("'")
    assert escaped.replace("'", "") == formula.replace("'", "")
    assert read(to_csv([[formula]])) == [[escaped]]


@given(st.text(st.sampled_from("=+-@;\t|\r\n\"', ax1"), max_size=12))
def test_no_part_of_a_cell_begins_like_a_formula_whatever_a_program_splits_at(cell: str) -> None:
    written = to_csv([[cell, cell]])

    for part in re.split(r"[;\t|\r\n]", written):
        assert part.lstrip(' "')[:1] not in {*"=+-@"}, written


@given(st.lists(st.lists(text | st.none() | st.integers(), min_size=1, max_size=3), min_size=1, max_size=3))
def test_every_field_is_quoted(rows: list[list[str | int | None]]) -> None:
    for line in re.split(r'(?<=")\r\n', to_csv(rows))[:-1]:
        assert re.fullmatch(r'"([^"]|"")*"(,"([^"]|"")*")*', line), line


@given(st.lists(st.lists(text, min_size=1, max_size=4), min_size=1, max_size=4))
def test_everything_else_comes_out_as_it_went_in(rows: list[list[str]]) -> None:
    for row, came in zip(rows, read(to_csv(rows)), strict=True):
        for cell, found in zip(row, came, strict=True):
            assert found.replace("'", "") == cell.replace("'", "")
            assert not found.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("x;=cmd|' /C calc'!A0;", "x;'=cmd|' /C calc'!A0;"),
        ('x;"=1+1', "x;'\"=1+1"),
        ("a|@b\t+c", "a|'@b\t'+c"),
        ("a\n- b\r\n= c", "a\n'- b\r\n'= c"),
    ],
)
def test_a_formula_is_text_after_each_character_at_which_some_program_splits(text: str, written: str) -> None:
    assert escape_formula(text) == written


@pytest.mark.parametrize(
    "harmless", ["", "Printer", "1 + 1 = 2", "a@example.org", "'tis", "5-7", "é", "中", "a; b", "a, -b", "_=_"]
)
def test_what_is_no_formula_is_left_as_it_is(harmless: str) -> None:
    assert escape_formula(harmless) == harmless


def test_numbers_stay_numbers_times_are_rfc_3339_and_nothing_is_nothing() -> None:
    at = datetime(2026, 5, 14, 9, 30, 0, 125_000, UTC)

    assert to_csv([[-1, 2.5, at, None, "a,b"]]) == '"-1","2.5","2026-05-14T09:30:00.125Z","","a,b"\r\n'
