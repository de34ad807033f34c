"""What can be read of tickets. Every question is asked within one organisation, and within what the caller may see."""

from typing import Any
from uuid import UUID

from common.errors import NotFound
from common.events.tickets import Status
from common.http.identity import Principal
from common.http.paging import NEWEST_ID_FIRST, Page, find_page
from common.mongo import Session
from tickets.access import May, may
from tickets.ticket.document import Ticket
from tickets.ticket.schemas import TicketView


def visible_to(user: Principal) -> dict[str, Any]:
    """The tickets a caller may know of, as a MongoDB filter: the one place that decides it."""
    scope: dict[str, Any] = {"organisation_id": user.organisation_id}
    if not may(user.role, May.SEE_ALL):
        scope["requester.id"] = user.user_id
    return scope


async def get(id_: UUID, user: Principal, session: Session | None = None) -> Ticket:
    """One ticket. Raises NotFound, whether it is not there or not for the caller."""
    found = await Ticket.find_one({"_id": id_, **visible_to(user)}, session=session)
    if found is None:
        raise NotFound(f"There is no ticket {id_}.")
    return found


async def list_newest_first(
    user: Principal, *, status: Status | None, limit: int, cursor: str | None
) -> Page[TicketView]:
    """One page, by one indexed query: ids are UUIDv7, so they sort by when a ticket was created."""
    query = visible_to(user)
    if status is not None:
        query["status"] = status
    tickets = Ticket.get_pymongo_collection()
    return await find_page(tickets, query, TicketView, order=NEWEST_ID_FIRST, limit=limit, cursor=cursor)
