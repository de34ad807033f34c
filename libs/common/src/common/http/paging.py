"""Cursor pagination: a cursor names the last item seen, so concurrent writes neither repeat nor skip an item."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, Field

from common.cursors import Order, after_cursor, encode_cursor
from common.http.schemas import View
from common.mongo import Collection

T = TypeVar("T")
V = TypeVar("V", bound=View)


ID_ASCENDING: Order = [("_id", UUID, 1)]
ID_DESCENDING: Order = [("_id", UUID, -1)]
"""Ids are UUIDv7: their order is the order of creation."""


MAX_PAGE_CHARACTERS = 1_000_000
"""The text of one page, besides its first item. Fifty descriptions of the greatest length have as much."""


class PageParameters(BaseModel):
    """The query parameters of a list. A list with more of them derives a model."""

    limit: Annotated[
        int, Field(ge=1, le=100, description="Maximum number of items. Long items make a page shorter.")
    ] = 20
    cursor: Annotated[str | None, Field(max_length=500, description="`next_cursor` of the previous page.")] = None


PageQuery = Annotated[PageParameters, Query()]


class Page(BaseModel, Generic[T]):
    """`next_cursor` is null on the last page."""

    items: list[T]
    next_cursor: str | None


async def find_page(
    collection: Collection, query: Mapping[str, Any], view: type[V], order: Order, page: PageParameters
) -> Page[V]:
    """One page by one query. Needs an index on the fields of `query` followed by those of `order`. Raises
    MalformedRequest for a cursor of another list."""
    within = query if page.cursor is None else {"$and": [query, after_cursor(page.cursor, order)]}
    fields = [*view.projection(), *(name for name, _, _ in order)]
    # One more than asked for: shows whether there is a next page.
    sort = [(name, direction) for name, _, direction in order]
    found = await collection.find(within, fields, sort=sort, limit=page.limit + 1).to_list()
    shown = list(_take_page(found[: page.limit]))
    more = len(found) > len(shown)
    return Page(items=[view.of(each) for each in shown], next_cursor=encode_cursor(shown[-1], order) if more else None)


def _take_page(documents: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    length = 0
    for number, document in enumerate(documents):
        length += _count_characters(document)
        if number > 0 and length > MAX_PAGE_CHARACTERS:
            return
        yield document


def _count_characters(value: Any) -> int:
    match value:
        case str():
            return len(value)
        case Mapping():
            return sum(map(_count_characters, value.values()))
        case list():
            return sum(map(_count_characters, value))
        case _:
            return 0
