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
        involved = {person.id for view in views for person in (view.requester, view.assignee) if person is not None}
        states = await self.people.states(involved, user.organisation_id)
        for view in views:
            requester = states[view.requester.id]
            view.requester_active, view.requester_email_verified = requester.active, requester.email_verified
            view.requester_email_suppression = requester.email_suppression
            if view.assignee is not None:
                view.assignee_active = states[view.assignee.id].is_active_staff
