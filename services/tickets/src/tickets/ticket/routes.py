"""Tickets over HTTP."""

from functools import partial
from uuid import UUID

from fastapi import Request, Response

from common.http.conditional import IfMatch
from common.http.idempotency import IdempotentRequest
from common.http.identity import CurrentUser
from common.http.routing import Router
from common.http.schemas import UpdateBody
from common.principal import Principal
from tickets.ticket.commands import TicketCommands
from tickets.ticket.document import Ticket
from tickets.ticket.limits import TextQuota, enforce_change_limit, enforce_creation_limits
from tickets.ticket.presentation import TicketPresenter
from tickets.ticket.schemas import NewTicket, TicketChange, TicketReplacement, TicketView


def routes(commands: TicketCommands, presenter: TicketPresenter, texts: TextQuota) -> Router:
    router = Router(prefix="/tickets", tags=["tickets"])

    async def enforce_limits(request: Request, ticket_id: UUID, change: UpdateBody, user: Principal) -> None:
        await enforce_change_limit(request, ticket_id, user)
        if not user.is_staff:  # staff cannot edit the description, and may send the one that the ticket has
            description = change.model_dump().get("description", "")
            await texts.reserve(request, user, description, description)  # the event has it before and after

    @router.post("", status_code=201)
    async def create_ticket(
        new: NewTicket,
        user: CurrentUser,
        request: Request,
        response: Response,
        idempotent: IdempotentRequest,
    ) -> TicketView:
        """Opens a ticket."""

        async def enforce_limits_of_new_ticket() -> None:
            await enforce_creation_limits(request, user)
            await texts.reserve(request, user, new.description)

        view = await idempotent.run(
            new,
            TicketView,
            partial(commands.create, new, user),
            by=user.user_id,
            limit=enforce_limits_of_new_ticket,
        )
        await presenter.complete([view], user)
        response.headers["Location"] = f"{request.url.path}/{view.id}"
        return view

    @router.get("/{ticket_id}")
    async def get_ticket(ticket_id: UUID, user: CurrentUser) -> TicketView:
        """Returns one ticket."""
        return await presenter.view(await Ticket.load(ticket_id, user), user)

    @router.patch("/{ticket_id}")
    async def change_ticket(
        ticket_id: UUID, change: TicketChange, user: CurrentUser, request: Request, if_match: IfMatch
    ) -> TicketView:
        """Changes the given fields. With `If-Match`, only if the ticket still has that version."""
        await enforce_limits(request, ticket_id, change, user)
        return await presenter.view(await commands.change(ticket_id, change, user, if_match), user)

    @router.put("/{ticket_id}")
    async def replace_ticket(
        ticket_id: UUID, replacement: TicketReplacement, user: CurrentUser, request: Request, if_match: IfMatch
    ) -> TicketView:
        """Replaces the editable fields. An optional field that is left out keeps its value; callers who may not change
        a field can also send its current value."""
        await enforce_limits(request, ticket_id, replacement, user)
        return await presenter.view(await commands.change(ticket_id, replacement, user, if_match), user)

    @router.delete("/{ticket_id}", status_code=204)
    async def delete_ticket(ticket_id: UUID, user: CurrentUser, if_match: IfMatch) -> None:
        """For admins: hides a ticket and its conversation from everyone until it is restored."""
        await commands.delete(ticket_id, user, if_match)

    @router.post("/{ticket_id}/restore")
    async def restore_ticket(ticket_id: UUID, user: CurrentUser, if_match: IfMatch) -> TicketView:
        """For admins: restores a deleted ticket. A ticket that is not deleted stays as it is."""
        return await presenter.view(await commands.restore(ticket_id, user, if_match), user)

    return router
