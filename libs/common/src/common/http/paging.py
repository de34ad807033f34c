"""Cursor pages: a cursor names the last item seen, so nothing is repeated or skipped while others write."""

from collections.abc import Mapping
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel
from pymongo.asynchronous.collection import AsyncCollection

from common.cursors import Order, after_cursor, encode_cursor
from common.http.schemas import View

T = TypeVar("T")
V = TypeVar("V", bound=View)

Limit = Annotated[int, Query(ge=1, le=100, description="How many items at the most.")]
CursorParameter = Annotated[str | None, Query(max_length=500, description="`next_cursor` of the page before.")]

ID_ASCENDING: Order = [("_id", UUID, 1)]
ID_DESCENDING: Order = [("_id", UUID, -1)]
"""Ids are UUIDv7: sorted by them is sorted by creation."""


class Page(BaseModel, Generic[T]):
    """`next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None


async def find_page(
    collection: AsyncCollection[dict[str, Any]],
    query: Mapping[str, Any],
    view: type[V],
    *,
    order: Order,
    limit: int,
    cursor: str | None,
) -> Page[V]:
    """One page by one query, which an index over the fields of `query` and then those of `order` should serve.
    Raises Malformed for a cursor that this list did not hand out."""
    within = query if cursor is None else {"$and": [query, after_cursor(cursor, order)]}
    fields = [*view.projection(), *(name for name, _, _ in order)]
    # One too many, which only shows that there is more.
    found = (
        await collection.find(within, fields).sort([(name, way) for name, _, way in order]).limit(limit + 1).to_list()
    )
    shown = found[:limit]
    more = len(found) > limit
    return Page(items=[view.of(each) for each in shown], next_cursor=encode_cursor(shown[-1], order) if more else None)
