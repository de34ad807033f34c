"""Assigning tickets. Repeating an assignment changes nothing."""

from dataclasses import dataclass
from uuid import UUID

from common.principal import Principal
from tickets.domain.access import Permission, require_permission
from tickets.people import People
from tickets.ticket.document import Ticket


@dataclass(frozen=True)
class AssignmentCommands:
    people: People

    async def assign(self, ticket_id: UUID, user_id: UUID, by: Principal, expected: int | None) -> Ticket:
        """Raises Forbidden, NotFound, Unprocessable, PreconditionFailed, Conflict."""
        require_permission(by.role, Permission.ASSIGN)

        async def apply(ticket: Ticket) -> None:
            ticket.assign(await self.people.assignee(user_id, by.organisation_id), by.actor)

        return await Ticket.modify(ticket_id, by, apply, expected=expected)

    async def unassign(self, ticket_id: UUID, by: Principal, expected: int | None) -> Ticket:
        """Raises Forbidden, NotFound, PreconditionFailed, Conflict."""
        require_permission(by.role, Permission.ASSIGN)
        return await Ticket.modify(ticket_id, by, lambda ticket: ticket.unassign(by.actor), expected=expected)
