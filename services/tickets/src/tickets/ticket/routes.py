"""Tickets over HTTP."""

from datetime import timedelta
from uuid import UUID

from fastapi import APIRouter, Request, Response

from common.errors import Forbidden
from common.events.tickets import Status
from common.http.conditional import IfMatch, set_etag
from common.http.idempotency import OncePerKey
from common.http.identity import CurrentUser
from common.http.paging import CursorParameter, Page
from common.http.paging import Limit as PageLimit
from common.http.parts import ServiceParts
from common.http.rate_limits import Limit
from common.mongo import Session
from tickets.desk_settings.queries import settings_of
from tickets.ticket import queries
from tickets.ticket.commands import TicketCommands
from tickets.ticket.schemas import NewTicket, TicketChange, TicketView


async def creation_limit(organisation_id: UUID) -> Limit:
    """How many tickets each customer of an organisation may open."""
    settings = await settings_of(organisation_id)
    return Limit("ticket-creation", settings.ticket_creation_per_hour, timedelta(hours=1))


def routes(commands: TicketCommands) -> APIRouter:
    """Below /api/v1."""
    router = APIRouter(prefix="/tickets", tags=["tickets"])

    @router.post("", status_code=201)
    async def create_ticket(
        new: NewTicket, user: CurrentUser, request: Request, response: Response, parts: ServiceParts, once: OncePerKey
    ) -> TicketView:
        """Opens a ticket."""
        if user.role == "operator":
            raise Forbidden("Operators look after organisations and have no tickets.")
        if user.role == "customer":
            limit = await creation_limit(user.organisation_id)
            await parts.rate_limits.require(request, limit, str(user.user_id))

        async def create(session: Session | None) -> TicketView:
            return TicketView.of(await commands.create(new, user, session))

        view = await once(new, TicketView, create, by=user.user_id)
        response.headers["Location"] = f"{request.url.path}/{view.id}"
        set_etag(response, view.version)
        return view

    @router.get("")
    async def list_tickets(
        user: CurrentUser, status: Status | None = None, limit: PageLimit = 20, cursor: CursorParameter = None
    ) -> Page[TicketView]:
        """A customer's own tickets, or all of the organisation for agents and admins; newest first."""
        return await queries.list_newest_first(user, status=status, limit=limit, cursor=cursor)

    @router.get("/{ticket_id}")
    async def get_ticket(ticket_id: UUID, user: CurrentUser, response: Response) -> TicketView:
        """One ticket."""
        view = TicketView.of(await queries.get(ticket_id, user))
        set_etag(response, view.version)
        return view

    @router.patch("/{ticket_id}")
    async def change_ticket(
        ticket_id: UUID, change: TicketChange, user: CurrentUser, if_match: IfMatch, response: Response
    ) -> TicketView:
        """Changes the fields that are given. With If-Match, only from the version the caller has seen."""
        view = TicketView.of(await commands.change(ticket_id, change, user, if_match))
        set_etag(response, view.version)
        return view

    return router
