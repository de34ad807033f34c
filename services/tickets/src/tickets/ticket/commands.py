"""What can be asked of tickets."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pymongo.errors import DuplicateKeyError

from common import clock
from common.errors import Conflict, Forbidden
from common.events import PersonRef
from common.events.tickets import Status
from common.mongo import ClientSession
from common.outbox import retry_on_conflict
from common.principal import Principal
from tickets import workflow
from tickets.access import TO_EDIT, May, may, require
from tickets.conversation import queries as conversation
from tickets.desk_settings.queries import settings_of
from tickets.numbers import TicketNumbers
from tickets.people import People
from tickets.ticket import queries
from tickets.ticket.document import Ticket
from tickets.ticket.schemas import NewTicket, TicketChange, TicketReplacement


@dataclass(frozen=True)
class TicketCommands:
    """Each reads, decides and commits once. With If-Match (`expected`) a lost race shows as Stale on the second
    attempt; without it the last writer wins, as it asked."""

    people: People
    numbers: TicketNumbers

    async def create(self, new: NewTicket, by: Principal, session: ClientSession | None = None) -> Ticket:
        """Opens a ticket, for oneself or, by staff, for a customer. Raises Forbidden, Unprocessable."""
        require(by.role, May.CREATE)
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

    async def change(
        self, id_: UUID, change: TicketChange | TicketReplacement, by: Principal, expected: int | None
    ) -> Ticket:
        """Gives it the values that are given. Raises NotFound, Forbidden, Stale, Conflict, IllegalTransition."""
        wanted = change.model_dump()
        status = wanted.pop("status", None)

        async def attempt() -> Ticket:
            ticket = await queries.get(id_, by)
            ticket.require_version(expected)
            self._require_may_edit(ticket, wanted, by)
            changes = ticket.edit(wanted, by.actor)
            if changes.keys() & {"title", "description"}:
                ticket.learn_words_anew(await conversation.whole(id_))
            if status is not None and status != ticket.status:
                await self._require_may_move(ticket, status, by)
                ticket.change_status(status, by.actor)
            return await ticket.commit()

        return await retry_on_conflict(attempt)

    async def delete(self, id_: UUID, by: Principal, expected: int | None) -> None:
        """Takes it out of sight. Raises Forbidden, NotFound, Stale."""
        require(by.role, May.DELETE)

        async def attempt() -> None:
            ticket = await queries.get(id_, by)
            ticket.require_version(expected)
            ticket.delete_softly(by.actor)
            await ticket.commit()

        await retry_on_conflict(attempt)

    async def restore(self, id_: UUID, by: Principal, expected: int | None) -> Ticket:
        """Brings it back; one that is not deleted stays as it is. Raises Forbidden, NotFound, Stale, Conflict."""
        require(by.role, May.DELETE)

        async def attempt() -> Ticket:
            ticket = await Ticket.load(id_, by.organisation_id)
            ticket.require_version(expected)
            ticket.restore(by.actor)
            return await ticket.commit()

        try:
            return await retry_on_conflict(attempt)
        except DuplicateKeyError:
            raise Conflict("The ticket that it follows up has another follow-up by now.") from None

    async def _requester(self, requester_id: UUID | None, by: Principal) -> PersonRef:
        if requester_id is None or requester_id == by.user_id:
            return PersonRef(id=by.user_id, name=by.name)
        require(by.role, May.CREATE_FOR_OTHERS)
        return await self.people.requester(requester_id, by.organisation_id)

    @staticmethod
    def _require_may_edit(ticket: Ticket, wanted: Mapping[str, Any], by: Principal) -> None:
        """Asking for the present value is no change, and allowed to everybody who sees the ticket."""
        for field, value in wanted.items():
            if getattr(ticket, field) != value:
                require(by.role, TO_EDIT[field])

    @staticmethod
    async def _require_may_move(ticket: Ticket, after: Status, by: Principal) -> None:
        if may(by.role, May.MOVE_FREELY):
            return
        if not may(by.role, May.MOVE_OWN) or not workflow.customer_may_move(ticket.status, after):
            raise Forbidden("Customers may resolve, close and reopen their own tickets.")
        settings = await settings_of(by.organisation_id)
        over = workflow.is_over(ticket.status, ticket.closed_at, clock.now(), settings.reopen_window)
        if after == "open" and over:
            raise Conflict(
                "It was closed too long ago to be reopened: write a reply, and it becomes a new ticket.",
                code="reopen_window_over",
            )
