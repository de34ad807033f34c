"""Lists of tickets. Each sort order and each filter has an index (docs/decisions/0022)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bson.regex import Regex

from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal
from tickets.domain.access import Permission, is_allowed, require_permission
from tickets.domain.search_terms import Source, extract_terms
from tickets.search.schemas import Sort, TicketFilter, TicketList
from tickets.ticket.document import Ticket
from tickets.ticket.queries import follow_ups_of
from tickets.ticket.schemas import TicketView

SORT_FIELDS: Mapping[Sort, list[tuple[str, type]]] = {
    "created": [("_id", UUID)],  # ids are UUIDv7
    "updated": [("updated_at", datetime), ("_id", UUID)],
    "priority": [("urgency", int), ("_id", UUID)],
}

MAX_QUERY_TERMS = 10
MIN_PREFIX_LENGTH = 3
"""A shorter query term matches whole words only."""


async def find(user: Principal, wanted: TicketList) -> Page[TicketView]:
    """One page. Raises Forbidden, MalformedRequest."""
    direction = 1 if wanted.order == "asc" else -1
    order: Order = [(name, kind, direction) for name, kind in SORT_FIELDS[wanted.sort]]
    tickets = Ticket.get_pymongo_collection()
    return await find_page(tickets, build_filter(user, wanted), TicketView, order, wanted)


def build_filter(user: Principal, wanted: TicketFilter) -> dict[str, Any]:
    """The tickets that match and that the caller may see, as a MongoDB filter. Raises Forbidden."""
    if wanted.deleted:
        require_permission(user.role, Permission.DELETE)
    clauses = [Ticket.visible_to(user, deleted=wanted.deleted), *wanted.clauses()]
    if wanted.requester is not None:
        clauses.append({"requester.id": user.user_id if wanted.requester == "me" else wanted.requester})
    if wanted.assignee is not None:
        special: dict[object, UUID | None] = {"me": user.user_id, "none": None}
        clauses.append({"assignee.id": special.get(wanted.assignee, wanted.assignee)})
    if wanted.follow_up_of is not None:
        clauses.append(follow_ups_of(wanted.follow_up_of))
    if wanted.escalated is not None:
        clauses.append({"escalated_at": {"$type": "date"} if wanted.escalated else None})
    if wanted.q:
        clauses += text_filter(wanted.q, with_notes=is_allowed(user.role, Permission.ACCESS_NOTES))
    return {"$and": clauses}


def text_filter(q: str, *, with_notes: bool) -> list[dict[str, Any]]:
    """One clause for each term of `q`. A text without any term matches nothing."""
    sources = list(Source) if with_notes else [Source.TICKET, Source.PUBLIC]
    patterns = [[_pattern(source, term) for source in sources] for term in extract_terms(q)[:MAX_QUERY_TERMS]]
    return [{"search_terms": {"$in": alternatives}} for alternatives in patterns or [[]]]


def _pattern(source: Source, term: str) -> str | Regex[str]:
    # Terms need no escaping, and an anchored prefix is a range of the index.
    return source + term if len(term) < MIN_PREFIX_LENGTH else Regex(f"^{source}{term}")
