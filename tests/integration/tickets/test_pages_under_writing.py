"""Pages neither repeat nor skip, whatever is written while they are turned."""

from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

import pytest
from hypothesis import strategies as st

from tests.support.desk import Desk
from tests.support.property_testing import for_all

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.soak]

Sort = Literal["created", "updated", "priority"]
Deed = Literal["open", "change"]


@dataclass(frozen=True)
class Walk:
    """Through a list, page by page; `between` is what is done before each next page, and to which of the tickets that
    were there at first."""

    sort: Sort
    order: Literal["asc", "desc"]
    limit: int
    narrowed: bool
    between: list[list[tuple[Deed, int]]]


DEEDS = st.lists(st.tuples(st.sampled_from(["open", "open", "change"]), st.integers(0, 6)), max_size=3)
WALKS = st.builds(
    Walk,
    st.sampled_from(["created", "updated", "priority"]),
    st.sampled_from(["asc", "desc"]),
    st.integers(1, 4),
    st.booleans(),
    st.lists(DEEDS, min_size=1, max_size=6),
)
PRIORITIES = ["low", "normal", "high", "urgent"]


async def test_each_ticket_that_was_there_throughout_is_seen_as_often_as_the_order_promises(desk: Desk) -> None:
    async def holds(walk: Walk) -> None:
        category = str(uuid4())
        before = [await desk.ticket(desk.agent, category=category, priority=PRIORITIES[n % 4]) for n in range(7)]
        query: dict[str, Any] = {"category": category, "status": "new"} if walk.narrowed else {"category": category}
        changed: set[str] = set()
        seen: list[str] = []
        deeds = iter(walk.between)
        async for page in desk.pages(desk.agent, sort=walk.sort, order=walk.order, limit=walk.limit, **query):
            seen += [ticket["id"] for ticket in page]
            for deed, which in next(deeds, []):
                if deed == "open":
                    await desk.ticket(desk.agent, category=category, priority=PRIORITIES[which % 4])
                else:
                    await desk.changed(desk.agent, before[which], tags=[str(uuid4())])
                    changed.add(before[which]["id"])
        check(walk, {ticket["id"] for ticket in before}, changed, seen)

    await for_all(WALKS, holds, at_most=30)


def check(walk: Walk, before: set[str], changed: set[str], seen: list[str]) -> None:
    """That a ticket which did not move was seen once, and one that did not too often or not too seldom."""
    moved = changed if walk.sort == "updated" else set()
    still = [id_ for id_ in seen if id_ not in moved]
    assert len(still) == len(set(still)), "repeated"
    assert before - moved <= set(seen), "skipped"
    if walk.order == "asc":
        assert before <= set(seen), "skipped, though what is changed moves to the end"
    else:
        assert len(seen) == len(set(seen)), "repeated, though what is changed moves to the front"
