"""Tickets as a caller sees them."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.principal import Principal
from tickets.people import People
from tickets.ticket.document import Ticket
from tickets.ticket.schemas import TicketView


@dataclass(frozen=True)
class TicketPresenter:
    people: People

    async def view(self, ticket: Ticket, user: Principal) -> TicketView:
        view = TicketView.of(ticket)
        await self.complete([view], user)
        return view

    async def complete(self, views: Sequence[TicketView], user: Principal) -> None:
        """Adds what only staff see and what the ticket does not store."""
        if not user.is_staff or not views:
            return
        requesters = {view.requester.id for view in views}
        reachability = await self.people.reachability(requesters, user.organisation_id)
        for view in views:
            view.requester_email_verified, view.requester_email_suppression = reachability[view.requester.id]
