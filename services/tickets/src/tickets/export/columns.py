"""The columns of an exported ticket: every field of `TicketView`, so no message and no trace of internal notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tickets.spreadsheet import Cell
from tickets.ticket.schemas import TicketView

_PATHS: Mapping[str, Mapping[str, str]] = {
    "id": {"id": "_id"},
    "requester": {"requester": "requester.name", "requester_id": "requester.id"},
    "requester_email_verified": {},
    "requester_email_suppression": {},
    "requester_active": {},
    "assignee_active": {},
    "assignee": {"assignee": "assignee.name", "assignee_id": "assignee.id"},
    "deleted_at": {},
    "version": {},
}
"""Columns of a field that are not simply the field."""

_FIRST = ("number", "id", "title", "description", "status")

COLUMNS: Mapping[str, str] = {
    column: path
    for field in dict.fromkeys([*_FIRST, *TicketView.model_fields])
    for column, path in _PATHS.get(field, {field: field}).items()
}
"""Column -> path in the document."""


def row_of(document: Mapping[str, Any]) -> list[Cell]:
    """The cells of a ticket as MongoDB stores it."""
    return [_cell(_at(document, path)) for path in COLUMNS.values()]


def _at(document: Mapping[str, Any] | None, path: str) -> Any:
    first, _, rest = path.partition(".")
    found = (document or {}).get(first)
    return _at(found, rest) if rest else found


def _cell(value: Any) -> Cell:
    match value:
        case None | int() | datetime():
            return value
        case list():
            return ", ".join(value)
    return str(value)
