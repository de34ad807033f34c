"""What can be read of history."""

from typing import Any
from uuid import UUID

from common.http.paging import ID_ASCENDING, Page, find_page
from common.mongo import Database
from common.outbox import event_log
from common.principal import Principal
from tickets.access import May, may
from tickets.history.schemas import HistoryEntry
from tickets.history.told import SHOWN_TO_CUSTOMERS, TYPES
from tickets.ticket import queries as tickets


async def list_oldest_first(
    db: Database, ticket_id: UUID, user: Principal, *, limit: int, cursor: str | None
) -> Page[HistoryEntry]:
    """One page. Raises NotFound.

    Sorted by the events' ids, which grow within one ticket like their numbers do: a cursor of numbers would show by its
    gaps that something was left out.
    """
    await tickets.get(ticket_id, user)
    query: dict[str, Any] = {"aggregate_id": ticket_id, "type": {"$in": sorted(TYPES)}}
    if not may(user.role, May.READ_NOTES):
        query |= {"type": {"$in": sorted(SHOWN_TO_CUSTOMERS)}, "data.visibility": {"$ne": "internal"}}
    return await find_page(
        db[event_log.COLLECTION], query, HistoryEntry, order=ID_ASCENDING, limit=limit, cursor=cursor
    )
