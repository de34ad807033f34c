"""Rows that a spreadsheet opens as they are meant: as text and numbers, never as formulas."""

import csv
import io
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
    assert escape_formula(formula) == f"'{formula}"
    assert read(to_csv([[formula]])) == [[f"'{formula}"]]


@given(st.lists(st.lists(text, min_size=1, max_size=4), min_size=1, max_size=4))
def test_everything_else_comes_out_as_it_went_in(rows: list[list[str]]) -> None:
    for row, came in zip(rows, read(to_csv(rows)), strict=True):
        for cell, found in zip(row, came, strict=True):
            assert found in (cell, f"'{cell}")
            assert not found.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("harmless", ["", "Printer", "1 + 1 = 2", "a@example.org", "'tis", "5-7", "é", "中"])
def test_what_is_no_formula_is_left_as_it_is(harmless: str) -> None:
    assert escape_formula(harmless) == harmless


def test_numbers_stay_numbers_times_are_rfc_3339_and_nothing_is_nothing() -> None:
    at = datetime(2026, 5, 14, 9, 30, 0, 125_000, UTC)

    assert to_csv([[-1, 2.5, at, None, "a,b"]]) == '-1,2.5,2026-05-14T09:30:00.125Z,,"a,b"\r\n'
