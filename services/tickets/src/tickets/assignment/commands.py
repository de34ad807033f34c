"""What can be asked about who is to answer a ticket."""

from dataclasses import dataclass
from uuid import UUID

from common.outbox import retry_on_conflict
from common.principal import Principal
from tickets.access import May, require
from tickets.people import People
from tickets.ticket import queries
from tickets.ticket.document import Ticket


@dataclass(frozen=True)
class AssignmentCommands:
    """Saying again what is so already is no change."""

    people: People

    async def assign(self, ticket_id: UUID, user_id: UUID, by: Principal, expected: int | None) -> Ticket:
        """`user_id` is to answer it. Raises Forbidden, NotFound, Unprocessable, Stale, Conflict."""
        require(by.role, May.ASSIGN)

        async def attempt() -> Ticket:
            ticket = await queries.get(ticket_id, by)
            ticket.require_version(expected)
            ticket.assign(await self.people.assignee(user_id, by.organisation_id), by.actor)
            return await ticket.commit()

        return await retry_on_conflict(attempt)

    async def unassign(self, ticket_id: UUID, by: Principal, expected: int | None) -> Ticket:
        """Nobody in particular is to answer it. Raises Forbidden, NotFound, Stale, Conflict."""
        require(by.role, May.ASSIGN)

        async def attempt() -> Ticket:
            ticket = await queries.get(ticket_id, by)
            ticket.require_version(expected)
            ticket.unassign(by.actor)
            return await ticket.commit()

        return await retry_on_conflict(attempt)
