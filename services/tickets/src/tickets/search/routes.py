"""The list of tickets over HTTP."""

from typing import Annotated

from fastapi import Query

from common.http.identity import CurrentUser
from common.http.paging import Page
from common.http.routing import Router
from tickets.search import queries
from tickets.search.schemas import TicketList
from tickets.ticket.presentation import TicketPresenter
from tickets.ticket.schemas import TicketView


def routes(presenter: TicketPresenter) -> Router:
    router = Router(prefix="/tickets", tags=["tickets"])

    @router.get("")
    async def list_tickets(user: CurrentUser, wanted: Annotated[TicketList, Query()]) -> Page[TicketView]:
        """Lists the caller's own tickets or, for agents and admins, all tickets of the organisation.

        Pages neither repeat nor skip a ticket when others are opened meanwhile. In the orders `updated` and `priority`
        a ticket that changes meanwhile moves: with `updated` and `asc` it appears again at the end and is never
        skipped; with `desc` it moves to an earlier page.
        """
        found = await queries.find(user, wanted)
        await presenter.complete(found.items, user)
        return found

    return router
