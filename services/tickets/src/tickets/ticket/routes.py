"""Tickets over HTTP."""

from uuid import UUID

from fastapi import Request, Response

from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import CurrentUser
from common.http.routing import Router
from common.mongo import ClientSession
from tickets.ticket import queries
from tickets.ticket.commands import TicketCommands
from tickets.ticket.limits import count_creation
from tickets.ticket.schemas import NewTicket, TicketChange, TicketReplacement, TicketView


def routes(commands: TicketCommands) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/tickets", tags=["tickets"])

    @router.post("", status_code=201)
    async def create_ticket(
        new: NewTicket,
        user: CurrentUser,
        request: Request,
        response: Response,
        idempotent: IdempotentRequest,
    ) -> TicketView:
        """Opens a ticket."""
        await count_creation(request, user)

        async def create(session: ClientSession | None) -> TicketView:
            return TicketView.of(await commands.create(new, user, session))

        view = await idempotent.run(new, TicketView, create, by=user.user_id)
        response.headers["Location"] = f"{request.url.path}/{view.id}"
        return view

    @router.get("/{ticket_id}")
    async def get_ticket(ticket_id: UUID, user: CurrentUser) -> TicketView:
        """One ticket."""
        return TicketView.of(await queries.get(ticket_id, user))

    @router.patch("/{ticket_id}")
    async def change_ticket(ticket_id: UUID, change: TicketChange, user: CurrentUser, if_match: IfMatch) -> TicketView:
        """Changes the fields that are given. With If-Match, only from the version the caller has seen."""
        return TicketView.of(await commands.change(ticket_id, change, user, if_match))

    @router.put("/{ticket_id}")
    async def replace_ticket(
        ticket_id: UUID, replacement: TicketReplacement, user: CurrentUser, if_match: IfMatch
    ) -> TicketView:
        """Gives all that can be edited new values. Who may not change a field sends the present value."""
        return TicketView.of(await commands.change(ticket_id, replacement, user, if_match))

    @router.delete("/{ticket_id}", status_code=204)
    async def delete_ticket(ticket_id: UUID, user: CurrentUser, if_match: IfMatch) -> None:
        """For admins: takes a ticket out of everybody's sight, with its conversation, until it is restored."""
        await commands.delete(ticket_id, user, if_match)

    @router.post("/{ticket_id}/restore")
    async def restore_ticket(ticket_id: UUID, user: CurrentUser, if_match: IfMatch) -> TicketView:
        """For admins: brings a deleted ticket back. One that is not deleted stays as it is."""
        return TicketView.of(await commands.restore(ticket_id, user, if_match))

    return router
