"""The list of tickets over HTTP."""

from typing import Annotated

from fastapi import Query

from common.http.identity import CurrentUser
from common.http.paging import Page
from common.http.routing import Router
from tickets.search import queries
from tickets.search.schemas import TicketList
from tickets.ticket.schemas import TicketView


def routes() -> Router:
    """Below /api/v1."""
    router = Router(prefix="/tickets", tags=["tickets"])

    @router.get("")
    async def list_tickets(user: CurrentUser, wanted: Annotated[TicketList, Query()]) -> Page[TicketView]:
        """A customer's own tickets, or all of the organisation for agents and admins.

        Pages neither repeat nor skip a ticket while others are opened. By `updated` and `priority`, a ticket that is
        changed while somebody turns the pages moves: with `updated` and `asc` it is shown again at the end and never
        skipped, with `desc` it moves to the pages before.
        """
        return await queries.find(user, wanted)

    return router
