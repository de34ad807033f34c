"""Rows as CSV (RFC 4180), safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from common import clock

MEDIA_TYPE = "text/csv"
RESPONSES: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}}
"""The response with such a file, for OpenAPI."""

_FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""Includes the full-width signs of Japanese and Chinese keyboards (OWASP, CSV Injection)."""

Cell = str | int | float | date | None


def escape_formula(text: str) -> str:
    """Puts an apostrophe before text that a spreadsheet would evaluate, even after leading spaces."""
    return f"'{text}" if text.lstrip(" ")[:1] in _FORMULA_STARTS else text


def to_csv(rows: Iterable[Sequence[Cell]]) -> str:
    """Times are RFC 3339, days YYYY-MM-DD."""
    output = io.StringIO()
    csv.writer(output).writerows([_text(cell) for cell in row] for row in rows)
    return output.getvalue()


def _text(cell: Cell) -> Cell:
    return (
        escape_formula(cell) if isinstance(cell, str) else clock.rfc3339(cell) if isinstance(cell, datetime) else cell
    )
