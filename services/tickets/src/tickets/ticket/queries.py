"""Queries of single tickets."""

from typing import Any
from uuid import UUID

from common.errors import NotFound
from common.principal import Principal
from tickets.ticket.document import Ticket


def follow_ups_of(ticket_id: UUID) -> dict[str, Any]:
    """The follow-ups of a ticket, as a MongoDB filter. It states the type: MongoDB does not see otherwise that the
    partial index holds every match."""
    return {"follow_up_of": {"$eq": ticket_id, "$type": "binData"}}


async def is_visible(id_: UUID, user: Principal) -> bool:
    tickets = Ticket.get_pymongo_collection()
    return await tickets.find_one({"_id": id_, **Ticket.visible_to(user)}, {"_id": 1}) is not None


async def require_visible(id_: UUID, user: Principal) -> None:
    """Raises NotFound."""
    if not await is_visible(id_, user):
        raise NotFound(f"There is no ticket {id_}.")
