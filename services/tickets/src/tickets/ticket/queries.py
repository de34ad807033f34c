"""What can be read of tickets. Every question is asked within one organisation, and within what the caller may see."""

from typing import Any
from uuid import UUID

from common.errors import NotFound
from common.mongo import ClientSession
from common.principal import Principal
from tickets.access import May, may
from tickets.ticket.document import Ticket


def visible_to(user: Principal, *, deleted: bool = False) -> dict[str, Any]:
    """The tickets a caller may know of, as a MongoDB filter: the one place that decides it. `deleted`: those that are
    out of sight, instead of the others."""
    scope: dict[str, Any] = {
        "organisation_id": user.organisation_id,
        "deleted_at": {"$type": "date"} if deleted else None,
    }
    if not may(user.role, May.SEE_ALL):
        scope["requester.id"] = user.user_id
    return scope


def following_up(ticket_id: UUID) -> dict[str, Any]:
    """The tickets that take up another again, as a MongoDB filter. Of which type the id is, must be said: without it
    MongoDB does not see that the index has them all."""
    return {"follow_up_of": {"$eq": ticket_id, "$type": "binData"}}


async def exists(id_: UUID, user: Principal) -> bool:
    """Whether there is such a ticket for the caller."""
    tickets = Ticket.get_pymongo_collection()
    return await tickets.find_one({"_id": id_, **visible_to(user)}, {"_id": 1}) is not None


async def get(id_: UUID, user: Principal, session: ClientSession | None = None) -> Ticket:
    """One ticket. Raises NotFound, whether it is not there, deleted, or not for the caller."""
    found = await Ticket.find_one({"_id": id_, **visible_to(user)}, session=session)
    if found is None:
        raise NotFound(f"There is no ticket {id_}.")
    return found
