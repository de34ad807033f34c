"""Finds tickets whose assignee can no longer answer them.

An assignment and the departure of its assignee are writes of two documents, in any order. Whichever is second finds the
other: the event about the person is handled after their copy is stored, and looks for tickets; the event about the
ticket is handled after the ticket is stored, and looks at the copy.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, IndexModel

from common.events import Envelope
from common.events.auth import UserDeactivated, UserUpdated
from common.events.tickets import TicketAssigned, TicketRestored, TicketStatusChanged
from common.ids import PLATFORM
from common.messaging.results import ACK, HandlerResult
from tickets.domain import workflow
from tickets.offboarding.document import Offboarding
from tickets.people import People
from tickets.ticket.document import Ticket

ASSIGNED: dict[str, Any] = {
    "status": {"$in": sorted(workflow.UNASSIGNED_ON_DEPARTURE)},
    "assignee": {"$type": "object"},
    "deleted_at": None,
}
"""The tickets that are unassigned when their assignee leaves, as a MongoDB filter. A deleted one is when it is
restored."""
INDEX = IndexModel(
    [("organisation_id", ASCENDING), ("assignee.id", ASCENDING), ("_id", ASCENDING)],
    name="assigned",
    partialFilterExpression=ASSIGNED,
)


def assigned_to(person_id: UUID, organisation_id: UUID) -> dict[str, Any]:
    """As a MongoDB filter."""
    return {**ASSIGNED, "organisation_id": organisation_id, "assignee.id": person_id}


@dataclass(frozen=True)
class OffboardingCommands:
    people: People

    async def on_person(self, event: UserUpdated | UserDeactivated, envelope: Envelope) -> HandlerResult:
        """Handler. Runs after the copy of the person is stored."""
        await self.begin_if_left(event.person.id, envelope.organisation_id)
        return ACK

    async def on_ticket(
        self, event: TicketAssigned | TicketStatusChanged | TicketRestored, envelope: Envelope
    ) -> HandlerResult:
        """Handler."""
        if event.ticket.assignee is not None and event.ticket.status in workflow.UNASSIGNED_ON_DEPARTURE:
            await self.begin_if_left(event.ticket.assignee.id, envelope.organisation_id)
        return ACK

    async def begin_if_left(self, person_id: UUID, organisation_id: UUID) -> None:
        """Begins the offboarding of a person who cannot answer tickets and has some."""
        left = await self.people.find_left(person_id, organisation_id)
        if left is None:
            return
        tickets = Ticket.get_pymongo_collection()
        if await tickets.find_one(assigned_to(person_id, organisation_id), {"_id": 1}) is not None:
            await Offboarding.begin(left, organisation_id)

    async def find_missed(self) -> None:
        """Begins the offboarding of every assignee who left: for tickets that were assigned before there was one."""
        async for organisation_id, assignee_id in _assignees():
            await self.begin_if_left(assignee_id, organisation_id)


async def _assignees() -> AsyncIterator[tuple[UUID, UUID]]:
    """Organisation and id of every assignee; one key of the index each."""
    organisation_id, assignee_id = PLATFORM, PLATFORM
    while True:
        found = await _first({"organisation_id": organisation_id, "assignee.id": {"$gt": assignee_id}})
        found = found or await _first({"organisation_id": {"$gt": organisation_id}})
        if found is None:
            return
        organisation_id, assignee_id = found["organisation_id"], found["assignee"]["id"]
        yield organisation_id, assignee_id


async def _first(beyond: dict[str, Any]) -> dict[str, Any] | None:
    order = {"organisation_id": 1, "assignee.id": 1}
    fields = {"_id": 0, "organisation_id": 1, "assignee.id": 1}
    return await Ticket.get_pymongo_collection().find_one({**ASSIGNED, **beyond}, fields, sort=order)
