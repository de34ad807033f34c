"""Assignment over HTTP."""

from uuid import UUID

from common.http.conditional import IfMatch
from common.http.identity import CurrentUser
from common.http.routing import Router
from tickets.assignment.commands import AssignmentCommands
from tickets.assignment.schemas import NewAssignee
from tickets.ticket.schemas import TicketView


def routes(commands: AssignmentCommands) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/tickets/{ticket_id}/assignee", tags=["tickets"])

    @router.put("")
    async def assign_ticket(ticket_id: UUID, new: NewAssignee, user: CurrentUser, if_match: IfMatch) -> TicketView:
        """For agents and admins: says who is to answer a ticket. A new ticket is open with that."""
        return TicketView.of(await commands.assign(ticket_id, new.user_id, user, if_match))

    @router.delete("")
    async def unassign_ticket(ticket_id: UUID, user: CurrentUser, if_match: IfMatch) -> TicketView:
        """For agents and admins: nobody in particular is to answer it any more."""
        return TicketView.of(await commands.unassign(ticket_id, user, if_match))

    return router
