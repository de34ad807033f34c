"""Rows as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from common import clock

MEDIA_TYPE = "text/csv"
RESPONSES: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}
"""The response with such a file, for OpenAPI."""

BYTE_ORDER_MARK = "\ufeff"
"""The beginning of a file. Excel reads a file without it in the encoding of the computer."""

_FORMULA_STARTS = re.compile(r'(?:^|(?<=[;\t|\r\n]))(?=[ "]*[=+\-@＝＋－＠])|^(?= *[\t\r\n])')
"""Where a program may see the beginning of a cell that is a formula (OWASP, CSV Injection). Excel splits at the list
separator of the computer, whatever is quoted. Includes the full-width signs of Japanese and Chinese keyboards."""

Cell = str | int | float | date | None


def escape_formula(text: str) -> str:
    """Puts an apostrophe before each part of the text that a spreadsheet would evaluate."""
    return _FORMULA_STARTS.sub("'", text)


def to_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """Every field is quoted. Times are RFC 3339, days YYYY-MM-DD."""
    output = io.StringIO()
    csv.writer(output, quoting=csv.QUOTE_ALL).writerows([_text(cell) for cell in row] for row in rows)
    return output.getvalue()


def _text(cell: Cell) -> Cell:
    return (
        escape_formula(cell) if isinstance(cell, str) else clock.rfc3339(cell) if isinstance(cell, datetime) else cell
    )
