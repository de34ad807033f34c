"""Assignment over HTTP."""

from uuid import UUID

from fastapi import Request

from common.http.conditional import IfMatch
from common.http.identity import CurrentUser
from common.http.routing import Router
from tickets.assignment.commands import AssignmentCommands
from tickets.assignment.schemas import NewAssignee
from tickets.ticket.limits import enforce_change_limit
from tickets.ticket.presentation import TicketPresenter
from tickets.ticket.schemas import TicketView


def routes(commands: AssignmentCommands, presenter: TicketPresenter) -> Router:
    router = Router(prefix="/tickets/{ticket_id}/assignee", tags=["tickets"])

    @router.put("")
    async def assign_ticket(
        ticket_id: UUID, new: NewAssignee, user: CurrentUser, request: Request, if_match: IfMatch
    ) -> TicketView:
        """For agents and admins: assigns a ticket. A new ticket becomes open."""
        await enforce_change_limit(request, ticket_id, user)
        return await presenter.view(await commands.assign(ticket_id, new.user_id, user, if_match), user)

    @router.delete("")
    async def unassign_ticket(ticket_id: UUID, user: CurrentUser, request: Request, if_match: IfMatch) -> TicketView:
        """For agents and admins: removes the assignee of a ticket."""
        await enforce_change_limit(request, ticket_id, user)
        return await presenter.view(await commands.unassign(ticket_id, user, if_match), user)

    return router
