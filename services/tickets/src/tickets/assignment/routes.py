"""Assignment over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from common.http.conditional import IfMatch, set_etag
from common.http.identity import CurrentUser
from tickets.assignment.commands import AssignmentCommands
from tickets.assignment.schemas import NewAssignee
from tickets.ticket.schemas import TicketView


def routes(commands: AssignmentCommands) -> APIRouter:
    """Below /api/v1."""
    router = APIRouter(prefix="/tickets/{ticket_id}/assignee", tags=["tickets"])

    @router.put("")
    async def assign_ticket(
        ticket_id: UUID, new: NewAssignee, user: CurrentUser, if_match: IfMatch, response: Response
    ) -> TicketView:
        """For agents and admins: says who is to answer a ticket. A new ticket is open with that."""
        view = TicketView.of(await commands.assign(ticket_id, new.user_id, user, if_match))
        set_etag(response, view.version)
        return view

    @router.delete("")
    async def unassign_ticket(ticket_id: UUID, user: CurrentUser, if_match: IfMatch, response: Response) -> TicketView:
        """For agents and admins: nobody in particular is to answer it any more."""
        view = TicketView.of(await commands.unassign(ticket_id, user, if_match))
        set_etag(response, view.version)
        return view

    return router
