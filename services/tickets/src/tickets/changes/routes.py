"""Changed tickets over HTTP."""

from typing import Annotated

from fastapi import Query

from common.http.identity import StaffUser
from common.http.routing import Router
from common.mongo import Database
from tickets.changes import queries
from tickets.changes.schemas import ChangesQuery, TicketChanges
from tickets.ticket.presentation import TicketPresenter


def routes(db: Database, presenter: TicketPresenter) -> Router:
    router = Router(prefix="/tickets", tags=["tickets"])

    @router.get("/changes")
    async def list_ticket_changes(user: StaffUser, wanted: Annotated[ChangesQuery, Query()]) -> TicketChanges:
        """For agents and admins: the tickets that changed after a position, also by internal notes. No change is
        missed, whatever the clocks of the servers say. A ticket that changed several times appears once."""
        changes = await queries.list_changes(db, user, wanted)
        await presenter.complete(changes.items, user)
        return changes

    return router
