"""Queries of history."""

from typing import Any
from uuid import UUID

from common.events.tickets import TicketUnassigned
from common.http.paging import ID_ASCENDING, Page, PageParameters, find_page
from common.mongo import Database
from common.outbox import event_log
from common.principal import Principal
from tickets.domain.access import Permission, is_allowed
from tickets.domain.audit_actions import visible_types
from tickets.history.schemas import HistoryEntry
from tickets.ticket.queries import require_visible

_UNASSIGNED = TicketUnassigned.type.partition(".")[2]


async def list_oldest_first(db: Database, ticket_id: UUID, user: Principal, page: PageParameters) -> Page[HistoryEntry]:
    """One page. Customers do not learn why a ticket was unassigned. Raises NotFound.

    Sorted by event id, which grows with `sequence`: gaps in a cursor of sequences would reveal hidden events.
    """
    await require_visible(ticket_id, user)
    query: dict[str, Any] = {"aggregate_id": ticket_id, "type": {"$in": visible_types(user.role)}}
    sees_all = is_allowed(user.role, Permission.ACCESS_NOTES)
    if not sees_all:
        query["data.visibility"] = {"$ne": "internal"}
    found = await find_page(db[event_log.COLLECTION], query, HistoryEntry, ID_ASCENDING, page)
    if not sees_all:
        for entry in found.items:
            if entry.action == _UNASSIGNED and entry.after is not None:
                entry.after.pop("reason", None)
    return found
