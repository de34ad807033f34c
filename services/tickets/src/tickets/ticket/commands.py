"""Commands on tickets."""

from dataclasses import dataclass
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import Conflict, Forbidden
from common.events import PersonRef
from common.events.tickets import Status
from common.mongo import ClientSession
from common.principal import Principal
from tickets.desk_settings.queries import settings_of
from tickets.domain import workflow
from tickets.domain.access import Permission, is_allowed, require_permission
from tickets.domain.ticket_fields import edit_permission
from tickets.numbers import TicketNumbers
from tickets.people import People
from tickets.ticket.document import Ticket
from tickets.ticket.schemas import NewTicket, TicketChange, TicketReplacement


@dataclass(frozen=True)
class TicketCommands:
    """`expected` is the version of `If-Match`. Without it the last writer wins."""

    people: People
    numbers: TicketNumbers

    async def create(self, new: NewTicket, by: Principal, session: ClientSession | None = None) -> Ticket:
        """Opens a ticket for the caller or, by staff, for a customer. Raises Forbidden, Unprocessable."""
        require_permission(by.role, Permission.CREATE)
        requester = await self._requester(new.requester_id, by)
        number = await self.numbers.allocate(by.organisation_id)
        return await Ticket.open_for(requester, by.organisation_id, number, new, by.actor).commit(session)

    async def change(
        self, id_: UUID, change: TicketChange | TicketReplacement, by: Principal, expected: int | None
    ) -> Ticket:
        """Raises NotFound, Forbidden, PreconditionFailed, Conflict, IllegalTransition."""
        values = change.model_dump()
        status = values.pop("status", None)

        async def apply(ticket: Ticket) -> None:
            for name, value in values.items():
                # Everyone who sees a ticket may send the values that it has.
                if getattr(ticket, name) != value:
                    require_permission(by.role, edit_permission(name))
            ticket.edit(values, by.actor)
            if status is not None and status != ticket.status:
                await self._require_may_set_status(ticket, status, by)
                ticket.change_status(status, by.actor)

        return await Ticket.modify(id_, by, apply, expected=expected)

    async def delete(self, id_: UUID, by: Principal, expected: int | None) -> None:
        """Raises Forbidden, NotFound, PreconditionFailed."""
        require_permission(by.role, Permission.DELETE)
        await Ticket.modify(id_, by, lambda ticket: ticket.delete_softly(by.actor), expected=expected)

    async def restore(self, id_: UUID, by: Principal, expected: int | None) -> Ticket:
        """A ticket that is not deleted stays as it is. Raises Forbidden, NotFound, PreconditionFailed, Conflict."""
        require_permission(by.role, Permission.DELETE)
        visible = Ticket.visible_to(by, deleted=None)
        try:
            return await Ticket.modify(id_, visible, lambda ticket: ticket.restore(by.actor), expected=expected)
        except DuplicateKeyError:
            raise Conflict("The ticket that it follows up has another follow-up now.") from None

    async def _requester(self, requester_id: UUID | None, by: Principal) -> PersonRef:
        if requester_id is None or requester_id == by.user_id:
            return PersonRef(id=by.user_id, name=by.name)
        require_permission(by.role, Permission.CREATE_FOR_OTHERS)
        return await self.people.requester(requester_id, by.organisation_id)

    @staticmethod
    async def _require_may_set_status(ticket: Ticket, after: Status, by: Principal) -> None:
        if is_allowed(by.role, Permission.CHANGE_STATUS):
            return
        require_permission(by.role, Permission.CHANGE_OWN_STATUS)
        if not workflow.customer_may_request(ticket.status, after):
            raise Forbidden("Customers can only resolve, close or reopen their own tickets.")
        window = (await settings_of(by.organisation_id)).reopen_window
        if after == "open" and workflow.is_reopen_window_over(ticket.status, ticket.closed_at, clock.now(), window):
            raise Conflict(
                "The ticket was closed too long ago to be reopened. A reply opens a follow-up ticket.",
                code="reopen_window_over",
            )
