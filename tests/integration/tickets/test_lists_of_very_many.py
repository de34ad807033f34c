"""With a hundred thousand tickets in one organisation, each list is still read by an index and looks at few of them.

Whoever adds an order or a filter adds it here.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from common import clock
from common.ids import new_id
from common.mongo import Database
from common.principal import Principal
from tests.support.bulk_data import AGENTS, COMMON, CUSTOMERS, RARE, insert_tickets
from tests.support.query_plans import planned
from tests.support.services import Installation, build
from tickets.search.queries import SORT_FIELDS, find
from tickets.search.schemas import Sort, TicketList

pytestmark = [pytest.mark.asyncio(loop_scope="module")]

COUNT = 100_000
PAGE = 20
ORGANISATION = new_id()
AGENT = Principal(UUID(str(AGENTS[0]["id"])), ORGANISATION, "agent", new_id(), "Alex Agent", clock.now())
CUSTOMER = replace(AGENT, user_id=UUID(str(CUSTOMERS[0]["id"])), role="customer")
ADMIN = replace(AGENT, role="admin")

NOW = clock.now()
MONTH = {"after": NOW - timedelta(days=60), "before": NOW - timedelta(days=30)}
CREATED = {f"created_{edge}": at for edge, at in MONTH.items()}
UPDATED = {f"updated_{edge}": at for edge, at in MONTH.items()}

QUEUES: list[dict[str, Any]] = [
    {},
    {"status": ["open"]},
    {"status": ["open", "in_progress", "pending"]},
    {"assignee": "me"},
    {"assignee": "none"},
    {"requester": CUSTOMERS[1]["id"]},
]
"""What people look at all day, by time of creation or of change: not a ticket is looked at that is not shown."""

FILTERS: list[dict[str, Any]] = [
    *QUEUES,
    {"priority": ["urgent"]},
    {"priority": ["urgent", "high"]},
    {"category": "doors"},
    {"category": "no such category"},
    {"tag": "tag1"},
    {"tag": "tag777"},
    {"escalated": True},
    {"escalated": False},
    CREATED,
    UPDATED,
    {"follow_up_of": new_id()},
    {"q": COMMON[0]},
    {"q": RARE[1]},
    {"q": f"{COMMON[0]} {COMMON[1]}"},
    {"q": "printer"},
    {"q": "prin"},
    {"q": "zebra"},
    {"q": "50000"},
    {"status": ["open"], "assignee": "me", "priority": ["urgent"]},
    {"status": ["closed"], "category": "doors", "tag": "tag777", **CREATED},
    {"assignee": "none", "escalated": True, "q": COMMON[0], **UPDATED},
]

FEW = COUNT // 10
"""Tickets looked at for one page, at the most, where a filter and an order have no index together."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def db(shared_installation: Installation) -> AsyncIterator[Database]:
    """tickets' own, with nobody else at work in it."""
    async with build("tickets", shared_installation.settings("tickets")).prepared() as service:
        await service.db["tickets"].drop_indexes()  # built at once they take a fraction of the time
        await insert_tickets(service.db, ORGANISATION, COUNT)
        await service.prepare()
        yield service.db


async def looked_at(db: Database, user: Principal, *wanted: dict[str, Any]) -> int:
    """At how many tickets MongoDB looks for each of the first two pages, at the most. Every query is by an index."""
    async with planned(db) as plans:
        for each in wanted:
            first = await find(user, TicketList(**each))
            if first.next_cursor is not None:
                await find(user, TicketList(**each, cursor=first.next_cursor))
    for plan in plans.of("tickets"):
        assert plan.by.startswith("IXSCAN"), plan
    return max(plan.documents for plan in plans.of("tickets"))


def in_orders(wanted: dict[str, Any], *sorts: Sort) -> list[dict[str, Any]]:
    """The same in all of these orders, both ways."""
    return [{**wanted, "sort": sort, "order": order} for sort in sorts for order in ("asc", "desc")]


def _fields(wanted: dict[str, Any]) -> str:
    return " ".join(wanted) or "everything"  # not the values: ids and times are others in each process


@pytest.mark.parametrize("wanted", QUEUES, ids=_fields)
async def test_a_queue_is_read_from_its_index_and_hardly_anything_else_is_looked_at(
    db: Database, wanted: dict[str, Any]
) -> None:
    # Several statuses are several walks through the index, side by side.
    assert await looked_at(db, AGENT, *in_orders(wanted, "created", "updated")) <= 3 * PAGE


@pytest.mark.parametrize("wanted", FILTERS, ids=_fields)
async def test_every_filter_in_every_order_looks_at_few(db: Database, wanted: dict[str, Any]) -> None:
    assert await looked_at(db, AGENT, *in_orders(wanted, *SORT_FIELDS)) <= FEW
    assert await looked_at(db, CUSTOMER, *in_orders(wanted, *SORT_FIELDS)) <= 2 * COUNT / len(CUSTOMERS), "of their own"


async def test_what_is_deleted_is_listed_without_looking_at_the_rest(db: Database) -> None:
    some = [found["_id"] async for found in db["tickets"].find({}, {"_id": 1}).limit(30)]
    await db["tickets"].update_many({"_id": {"$in": some}}, {"$set": {"deleted_at": clock.now()}})

    assert await looked_at(db, ADMIN, *in_orders({"deleted": True}, *SORT_FIELDS)) <= len(some)
