"""Queries of changed tickets."""

from pydantic import Field
from pymongo.read_concern import ReadConcern

from common.http.paging import PageParameters, find_page
from common.mongo import Database
from common.principal import Principal
from tickets.changes.schemas import ChangesQuery, TicketChanges
from tickets.changes.sequencer import last_position
from tickets.ticket.document import Ticket
from tickets.ticket.schemas import TicketView


class _PositionedTicket(TicketView):
    position: int = Field(exclude=True)


async def list_changes(db: Database, user: Principal, wanted: ChangesQuery) -> TicketChanges:
    """Of what a majority has: no failover of MongoDB gives a position that was seen to another change."""
    last = await last_position(db, user.organisation_id)
    after = wanted.after_position
    if after is None or after >= last:
        return TicketChanges(items=[], deleted_ids=[], position=last, more=False)
    tickets = db.get_collection(Ticket.Settings.name, read_concern=ReadConcern("majority"))
    query = {**Ticket.visible_to(user, deleted=None), "position": {"$gt": after}}
    page = await find_page(
        tickets, query, _PositionedTicket, [("position", int, 1)], PageParameters(limit=wanted.limit)
    )
    # What changed again has no position yet, and comes with a later one: without any item the position stays.
    return TicketChanges(
        items=[ticket for ticket in page.items if ticket.deleted_at is None],
        deleted_ids=[ticket.id for ticket in page.items if ticket.deleted_at is not None],
        position=page.items[-1].position if page.items else after,
        more=page.next_cursor is not None,
    )
