"""What can be asked of tickets."""

from dataclasses import dataclass
from uuid import UUID

from common.errors import Forbidden
from common.events import PersonRef
from common.events.tickets import Status
from common.http.identity import Principal
from common.mongo import Session
from common.outbox import attempt_until_won
from tickets import workflow
from tickets.access import May, may
from tickets.numbers import TicketNumbers
from tickets.people import People
from tickets.ticket import queries
from tickets.ticket.document import Ticket
from tickets.ticket.schemas import NewTicket, TicketChange


@dataclass(frozen=True)
class TicketCommands:
    """Each reads, decides and commits once."""

    people: People
    numbers: TicketNumbers

    async def create(self, new: NewTicket, by: Principal, session: Session | None = None) -> Ticket:
        """Opens a ticket, for oneself or, by staff, for a customer. Raises Forbidden, Unprocessable."""
        requester = await self._requester(new.requester_id, by)
        ticket = Ticket.open_for(
            requester,
            by.organisation_id,
            await self.numbers.draw(by.organisation_id),
            title=new.title,
            description=new.description,
            priority=new.priority,
            category=new.category,
            tags=new.tags,
            by=by.actor,
        )
        return await ticket.commit(session)

    async def change(self, id_: UUID, change: TicketChange, by: Principal, expected: int | None) -> Ticket:
        """Changes what is given. Raises NotFound, Forbidden, Stale, IllegalTransition."""

        async def attempt() -> Ticket:
            ticket = await queries.get(id_, by)
            ticket.require_version(expected)
            if change.status is not None and change.status != ticket.status:
                self._require_may_move(ticket.status, change.status, by)
                ticket.change_status(change.status, by.actor)
            return await ticket.commit()

        # With If-Match a lost race shows as Stale on the second attempt; without it the last writer wins, as it asked.
        return await attempt_until_won(attempt)

    async def _requester(self, requester_id: UUID | None, by: Principal) -> PersonRef:
        if requester_id is None or requester_id == by.user_id:
            return PersonRef(id=by.user_id, name=by.name)
        if not may(by.role, May.CREATE_FOR_OTHERS):
            raise Forbidden("Only agents and admins may open a ticket for somebody else.")
        return await self.people.customer(requester_id, by.organisation_id)

    @staticmethod
    def _require_may_move(before: Status, after: Status, by: Principal) -> None:
        if may(by.role, May.MOVE_FREELY):
            return
        if not may(by.role, May.MOVE_OWN) or not workflow.customer_may_move(before, after):
            raise Forbidden("Customers may resolve, close and reopen their own tickets.")
