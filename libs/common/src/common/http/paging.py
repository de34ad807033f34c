"""Cursor pages: a cursor names the last item seen, so nothing is repeated or skipped while others write."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from common.errors import Malformed

T = TypeVar("T")
D = TypeVar("D")
P = TypeVar("P")

Limit = Annotated[int, Query(ge=1, le=100, description="How many items at the most.")]
CursorParameter = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]


class Page(BaseModel, Generic[T]):
    """`next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None


def page_of(found: Sequence[D], limit: int, view: Callable[[D], T], position: Callable[[D], object]) -> Page[T]:
    """A page from `limit + 1` documents: the one too many only shows that there is more. `position` gives the last
    item's place in the order, as text or number."""
    shown = found[:limit]
    more = len(found) > limit
    return Page(items=[view(each) for each in shown], next_cursor=_encoded(position(shown[-1])) if more else None)


def position_after(cursor: str, read: Callable[[Any], P]) -> P:
    """The position inside a cursor, read by e.g. `UUID` or `int`. Raises Malformed for what no list handed out."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return read(json.loads(text, parse_int=_stored_integer, parse_constant=_no_number))
    except (binascii.Error, ValueError, TypeError, AttributeError, LookupError, OverflowError):
        raise Malformed("The cursor is not one this list handed out.", code="invalid_cursor") from None


def _stored_integer(digits: str) -> int:
    """MongoDB has no larger ones, and its driver raises for them in the middle of a query."""
    number = int(digits)
    if not -(2**63) <= number < 2**63:
        raise ValueError("more than 64 bits")
    return number


def _no_number(constant: str) -> object:
    raise ValueError(f"{constant} is no position")


def _encoded(position: object) -> str:
    text = json.dumps(position, default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
