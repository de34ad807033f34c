"""Rows as CSV (RFC 4180), safe to open in a spreadsheet. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from common import clock

MEDIA_TYPE = "text/csv"
_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")
"""Also by the wide signs that Japanese and Chinese keyboards type (OWASP, CSV Injection)."""

Cell = str | int | float | date | None


def neutralised(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe is put before what could be one, spaces or not."""
    return f"'{text}" if text.lstrip(" ")[:1] in _STARTS_A_FORMULA else text


def lines(rows: Iterable[Sequence[Cell]]) -> str:
    """The rows, each with its line end. Numbers stay numbers; times are RFC 3339."""
    written = io.StringIO()
    csv.writer(written).writerows([_written(cell) for cell in row] for row in rows)
    return written.getvalue()


def _written(cell: Cell) -> Cell:
    match cell:
        case str():
            return neutralised(cell)
        case datetime():
            return clock.rfc3339(cell)
    return cell
