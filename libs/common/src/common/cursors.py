"""Cursors: the values of the ordering fields in the last item seen."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter

from common import clock
from common.errors import MalformedRequest
from common.times import UtcTime

Order = Sequence[tuple[str, type, int]]
"""Fields of a document with their type and direction, 1 or -1. The last one must be unique."""

_INT64 = Annotated[int, Field(ge=-(2**63), lt=2**63)]
_ACCEPTED: Mapping[type, Any] = {int: _INT64, datetime: UtcTime}  # larger integers make the driver raise


def encode_cursor(document: Mapping[str, Any], order: Order) -> str:
    """The cursor of the page after `document`. URL-safe. Texts in it must be short (`common.text.sort_key`)."""
    text = json.dumps([document[name] for name, _, _ in order], default=_written, ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def after_cursor(cursor: str, order: Order) -> dict[str, Any]:
    """The items after the cursor, as a MongoDB filter. Raises MalformedRequest for a cursor of another order."""
    values = decode_cursor(cursor, order)
    return _beyond([(name, value, direction) for (name, _, direction), value in zip(order, values, strict=True)])


def decode_cursor(cursor: str, order: Order) -> list[Any]:
    """The values of the ordering fields. Raises MalformedRequest for a cursor of another order."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return list(_values_of(tuple(kind for _, kind, _ in order)).validate_json(text, strict=True))
    except ValueError:
        raise MalformedRequest("The cursor is not valid for this list.", code="invalid_cursor") from None


def _beyond(position: Sequence[tuple[str, Any, int]]) -> dict[str, Any]:
    """The items after a position: a later first field, or an equal one and a later rest."""
    (name, value, direction), *others = position
    later = {name: {"$gt" if direction == 1 else "$lt": value}}
    if not others:
        return later
    # The bound on the first field lets the index scan start at the right place.
    return {name: {"$gte" if direction == 1 else "$lte": value}, "$or": [later, {name: value, **_beyond(others)}]}


def _written(value: object) -> str:
    return clock.rfc3339(value) if isinstance(value, datetime) else str(value)


@lru_cache
def _values_of(kinds: tuple[type, ...]) -> TypeAdapter[tuple[Any, ...]]:
    accepted: Any = tuple.__class_getitem__(tuple(_ACCEPTED.get(kind, kind) for kind in kinds))
    return TypeAdapter(accepted)
