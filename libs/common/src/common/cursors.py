"""Cursors: the values of the ordering fields in the last item seen."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common import clock
from common.errors import MalformedRequest

Order = Sequence[tuple[str, type, int]]
"""Fields of a document with their type and direction, 1 or -1. The last one must be unique."""


def encode_cursor(document: Mapping[str, Any], order: Order) -> str:
    """The cursor of the page after `document`. URL-safe."""
    text = json.dumps([_written(document[name]) for name, _, _ in order])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def after_cursor(cursor: str, order: Order) -> dict[str, Any]:
    """The items after the cursor, as a MongoDB filter. Raises MalformedRequest for a cursor of another order."""
    values = decode_cursor(cursor, order)
    return _beyond([(name, value, direction) for (name, _, direction), value in zip(order, values, strict=True)])


def decode_cursor(cursor: str, order: Order) -> list[Any]:
    """The values of the ordering fields. Raises MalformedRequest for a cursor of another order."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list):
            raise ValueError("not a cursor")
        return [_read(value, kind) for (_, kind, _), value in zip(order, values, strict=True)]
    except (binascii.Error, ValueError, OverflowError, RecursionError):
        raise MalformedRequest("The cursor is not valid for this list.", code="invalid_cursor") from None


def _beyond(position: Sequence[tuple[str, Any, int]]) -> dict[str, Any]:
    """The items after a position: a later first field, or an equal one and a later rest."""
    (name, value, direction), *others = position
    later = {name: {"$gt" if direction == 1 else "$lt": value}}
    if not others:
        return later
    # The bound on the first field lets the index scan start at the right place.
    return {name: {"$gte" if direction == 1 else "$lte": value}, "$or": [later, {name: value, **_beyond(others)}]}


def _written(value: Any) -> Any:
    return (
        clock.rfc3339(value) if isinstance(value, datetime) else value if isinstance(value, int | str) else str(value)
    )


def _read(value: Any, kind: type) -> Any:
    """Only values of the expected type reach the query. Raises ValueError."""
    if kind is bool and type(value) is bool:
        return value
    if kind is int and type(value) is int and -(2**63) <= value < 2**63:  # larger values make the driver raise
        return value
    if not isinstance(value, str):
        raise ValueError("not a cursor")
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is str:
        return value
    raise ValueError("not a cursor")
