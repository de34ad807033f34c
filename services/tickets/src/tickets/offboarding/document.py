"""The stored offboarding of a person, which is also the request to unassign their tickets."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from pymongo import ASCENDING, IndexModel

from common import clock
from common.events import PersonRef
from common.events.tickets import OffboardingCompleted
from common.outbox import Aggregate
from common.outbox.aggregate import OUTBOX_INDEX


class Offboarding(Aggregate):
    """One per person who left, with their id. A job unassigns their tickets while it is `pending`."""

    person: PersonRef
    pending: bool = False
    request: int = 0
    """Counts the requests: one that arrives while the job runs makes it start over."""
    requested_at: datetime
    ticket_count: int = 0
    """The tickets that were unassigned since the last completion."""

    class Settings(Aggregate.Settings):
        name = "offboardings"
        indexes: ClassVar[Any] = [
            IndexModel([("requested_at", ASCENDING)], name="pending", partialFilterExpression={"pending": True}),
            OUTBOX_INDEX,
        ]

    @classmethod
    async def begin(cls, person: PersonRef, organisation_id: UUID) -> None:
        """Requests that the tickets of the person are unassigned."""

        def initial() -> Offboarding:
            return cls(id=person.id, organisation_id=organisation_id, person=person, requested_at=clock.now())

        await cls.modify(person.id, organisation_id, lambda offboarding: offboarding.restart(person), initial=initial)

    def restart(self, person: PersonRef) -> None:
        if not self.pending:
            self.pending, self.requested_at = True, clock.now()
        self.person = person
        self.request += 1

    def complete(self, request: int) -> None:
        """Ends the request, unless there is a newer one. Records how many tickets were unassigned, if any."""
        if not self.pending or self.request != request:
            return
        self.pending = False
        if self.ticket_count:
            self.record(OffboardingCompleted(person=self.person, ticket_count=self.ticket_count), None)
            self.ticket_count = 0
