"""What an exported ticket shows, as data. Pure. No message is in it, and nothing that tells of internal notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tickets.spreadsheet import Cell

COLUMNS: Mapping[str, str] = {
    "number": "number",
    "id": "_id",
    "title": "title",
    "description": "description",
    "status": "status",
    "priority": "priority",
    "category": "category",
    "tags": "tags",
    "requester": "requester.name",
    "requester_id": "requester.id",
    "assignee": "assignee.name",
    "assignee_id": "assignee.id",
    "created_at": "created_at",
    "updated_at": "updated_at",
    "first_response_at": "first_response_at",
    "resolved_at": "resolved_at",
    "closed_at": "closed_at",
    "escalated_at": "escalated_at",
    "message_count": "message_count",
    "last_message_at": "last_message_at",
    "follow_up_of": "follow_up_of",
}
"""Column -> where it is in the document."""


def row_of(document: Mapping[str, Any]) -> list[Cell]:
    """A ticket as MongoDB keeps it."""
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
