"""Lists of tickets. Every order has an index, and so has every filter: MongoDB walks the order where matches are many
and sorts the matches where they are few (docs/decisions/0022)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bson.regex import Regex

from common.cursors import Order
from common.http.paging import Page, find_page
from common.ids import lowest_id
from common.principal import Principal
from tickets.access import May, may, require
from tickets.search.schemas import Sort, TicketFilter, TicketList
from tickets.search.words import INTERNAL, words_in
from tickets.ticket.document import URGENCY, Ticket
from tickets.ticket.queries import following_up, visible_to
from tickets.ticket.schemas import TicketView

FIELDS: Mapping[Sort, list[tuple[str, type]]] = {
    "created": [("_id", UUID)],  # ids are UUIDv7
    "updated": [("updated_at", datetime), ("_id", UUID)],
    "priority": [("urgency", int), ("_id", UUID)],
}

WORDS_SOUGHT = 10
SHORTEST_BEGINNING = 3
"""Letters from which on a word finds longer ones: what begins with `a` is not worth listing."""


async def find(user: Principal, wanted: TicketList) -> Page[TicketView]:
    """One page. Raises Forbidden, Malformed."""
    way = 1 if wanted.order == "asc" else -1
    order: Order = [(name, kind, way) for name, kind in FIELDS[wanted.sort]]
    tickets = Ticket.get_pymongo_collection()
    return await find_page(
        tickets, matching(user, wanted), TicketView, order=order, limit=wanted.limit, cursor=wanted.cursor
    )


def matching(user: Principal, wanted: TicketFilter) -> dict[str, Any]:
    """The tickets that the caller may see and wants, as a MongoDB filter. Raises Forbidden."""
    if wanted.deleted:
        require(user.role, May.DELETE)
    exactly = {
        "category": wanted.category,
        "tags": wanted.tag,
        "requester.id": user.user_id if wanted.requester == "me" else wanted.requester,
    }
    clauses = [visible_to(user, deleted=wanted.deleted)]
    clauses += [{name: value} for name, value in exactly.items() if value is not None]
    some = {"status": wanted.status, "urgency": [URGENCY[priority] for priority in wanted.priority]}
    clauses += [{name: {"$in": values}} for name, values in some.items() if values]
    if wanted.assignee is not None:
        special: dict[object, UUID | None] = {"me": user.user_id, "none": None}
        clauses.append({"assignee.id": special.get(wanted.assignee, wanted.assignee)})
    if wanted.follow_up_of is not None:
        clauses.append(following_up(wanted.follow_up_of))
    if wanted.escalated is not None:
        clauses.append({"escalated_at": {"$type": "date"} if wanted.escalated else None})
    created = [at and lowest_id(at) for at in (wanted.created_after, wanted.created_before)]
    clauses += _between("_id", *created) + _between("updated_at", wanted.updated_after, wanted.updated_before)
    if wanted.q:
        clauses += _saying(wanted.q, notes_too=may(user.role, May.READ_NOTES))
    return {"$and": clauses}


def _between(name: str, first: Any, end: Any) -> list[dict[str, Any]]:
    bounds = {"$gte": first, "$lt": end}
    return [{name: {operator: edge}} for operator, edge in bounds.items() if edge is not None]


def _saying(q: str, *, notes_too: bool) -> list[dict[str, Any]]:
    """That each word of `q` is there. What has no word in it finds nothing."""
    marks = ("", INTERNAL) if notes_too else ("",)
    sought = [
        {"words": {"$in": [_beginning(mark + word, exactly=len(word) < SHORTEST_BEGINNING) for mark in marks]}}
        for word in words_in(q)[:WORDS_SOUGHT]
    ]
    return sought or [{"words": {"$in": []}}]


def _beginning(word: str, *, exactly: bool) -> str | Regex[str]:
    # A word is letters and digits, so there is nothing to escape; anchored and plain, it is a range of the index.
    return word if exactly else Regex(f"^{word}")
