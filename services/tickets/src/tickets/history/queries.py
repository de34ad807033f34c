"""Queries of history."""

from typing import Any
from uuid import UUID

from common.http.paging import ID_ASCENDING, Page, PageParameters, find_page
from common.mongo import Database
from common.outbox import event_log
from common.principal import Principal
from tickets.domain.access import Permission, is_allowed
from tickets.domain.audit_actions import visible_types
from tickets.history.schemas import HistoryEntry
from tickets.ticket.queries import require_visible


async def list_oldest_first(db: Database, ticket_id: UUID, user: Principal, page: PageParameters) -> Page[HistoryEntry]:
    """One page. Raises NotFound.

    Sorted by event id, which grows with `sequence`: gaps in a cursor of sequences would reveal hidden events.
    """
    await require_visible(ticket_id, user)
    query: dict[str, Any] = {"aggregate_id": ticket_id, "type": {"$in": visible_types(user.role)}}
    if not is_allowed(user.role, Permission.ACCESS_NOTES):
        query["data.visibility"] = {"$ne": "internal"}
    return await find_page(db[event_log.COLLECTION], query, HistoryEntry, ID_ASCENDING, page)
