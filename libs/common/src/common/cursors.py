"""What a cursor says: the values, in the last item seen, of the fields a list is ordered by."""

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
"""Fields of a document with their type and 1 (ascending) or -1. The last one is unique, so that no two are level."""


def encode_cursor(document: Mapping[str, Any], order: Order) -> str:
    """The cursor for what comes after `document`. Fits in an address without escaping."""
    text = json.dumps([_written(document[name]) for name, _, _ in order])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def after_cursor(cursor: str, order: Order) -> dict[str, Any]:
    """What comes after it, as a MongoDB filter. Raises Malformed for a cursor that no list of this order handed out."""
    values = decode_cursor(cursor, order)
    return _beyond([(name, value, way) for (name, _, way), value in zip(order, values, strict=True)])


def decode_cursor(cursor: str, order: Order) -> list[Any]:
    """The values of the ordering fields. Raises Malformed for a cursor that no list of this order handed out."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(values, list):
            raise ValueError("no position")
        return [_read(value, kind) for (_, kind, _), value in zip(order, values, strict=True)]
    except (binascii.Error, ValueError, OverflowError, RecursionError):
        raise MalformedRequest("The cursor is not one this list handed out.", code="invalid_cursor") from None


def _beyond(position: Sequence[tuple[str, Any, int]]) -> dict[str, Any]:
    """What comes after a position: a later first field, or the same one and what comes after in the others."""
    (name, value, way), *others = position
    later = {name: {"$gt" if way == 1 else "$lt": value}}
    if not others:
        return later
    # The bound on the first field alone is what makes the index start at the right place.
    return {name: {"$gte" if way == 1 else "$lte": value}, "$or": [later, {name: value, **_beyond(others)}]}


def _written(value: Any) -> Any:
    return (
        clock.rfc3339(value) if isinstance(value, datetime) else value if isinstance(value, int | str) else str(value)
    )


def _read(value: Any, kind: type) -> Any:
    """Raises ValueError. Nothing but values of the expected type reaches the query."""
    if kind is bool and type(value) is bool:
        return value
    if kind is int and type(value) is int and -(2**63) <= value < 2**63:  # MongoDB's driver raises for larger ones
        return value
    if not isinstance(value, str):
        raise ValueError("no position")
    if kind is UUID:
        return UUID(value)
    if kind is datetime:
        return datetime.fromisoformat(value).astimezone(UTC)
    if kind is str:
        return value
    raise ValueError("no position")
