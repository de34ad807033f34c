"""The job that unassigns the tickets of people who left.

Any number of replicas may run it concurrently, and each may be killed at any time: a ticket is unassigned and counted
in one transaction, and the event that tells of all of them has that count. The lease only saves the other replicas the
work.
"""

import time
from collections.abc import AsyncIterator, Callable
from uuid import UUID

import structlog
from prometheus_client import Gauge
from pydantic import ValidationError

from common.errors import NotFound, Unavailable
from common.lease import Lease
from common.loops import repeat
from common.mongo import ClientSession, Database
from common.outbox import retry_on_conflict
from tickets.offboarding.commands import OffboardingCommands, assigned_to
from tickets.offboarding.document import Offboarding
from tickets.ticket.document import Ticket

log = structlog.get_logger("offboarding")

PAUSE_SECONDS = 1.0
LEASE_SECONDS = 15.0
FIND_MISSED_SECONDS = 600.0
BATCH = 100

pending_gauge = Gauge("helpdesk_offboardings_pending", "People who left and whose tickets are being unassigned.")


class OffboardingJob:
    """Runs in every worker."""

    name = "offboarding"

    def __init__(self, db: Database, commands: OffboardingCommands) -> None:
        self._commands = commands
        self._lease = Lease(db, self.name, LEASE_SECONDS)
        self._find_missed_at = float("-inf")

    async def run(self) -> None:
        """Until cancelled, while this replica holds the lease."""
        try:
            await repeat(self._work_under_lease, pause_seconds=PAUSE_SECONDS, name=self.name)
        finally:
            await self._lease.give_back()

    async def _work_under_lease(self) -> None:
        if not await self._lease.holds():
            return
        if time.monotonic() >= self._find_missed_at:
            await self._commands.find_missed()
            self._find_missed_at = time.monotonic() + FIND_MISSED_SECONDS
        await self.work()

    async def work(self) -> None:
        """Unassigns the tickets of everybody who left, without the lease."""
        offboardings = Offboarding.get_pymongo_collection()
        oldest_first = offboardings.find({"pending": True}, ["organisation_id", "request"]).sort("requested_at")
        pending = await oldest_first.to_list()
        pending_gauge.set(len(pending))
        for each in pending:
            try:
                await self._unassign_all(each["_id"], each["organisation_id"])
                await Offboarding.modify(each["_id"], each["organisation_id"], _completion_of(each["request"]))
            except Unavailable as error:
                # A ticket has no room for another event until earlier ones are published. The next pass goes on.
                log.warning("offboarding waits", person_id=str(each["_id"]), reason=str(error))
                continue
            pending_gauge.dec()

    async def _unassign_all(self, person_id: UUID, organisation_id: UUID) -> None:
        async for ticket_id in _tickets_of(person_id, organisation_id):
            await self._lease.holds()  # renews it
            if not await self._unassign(ticket_id, person_id, organisation_id):
                return

    async def _unassign(self, ticket_id: UUID, person_id: UUID, organisation_id: UUID) -> bool:
        """False if the person is back."""

        async def apply(ticket: Ticket, session: ClientSession) -> bool:
            if await self._commands.people.find_left(person_id, organisation_id, session) is None:
                return False
            ticket.unassign(None, reason="assignee_left")
            counted = await Offboarding.load(person_id, organisation_id, session)
            counted.ticket_count += 1
            await counted.commit(session)
            return True

        scope = assigned_to(person_id, organisation_id)
        try:
            return await retry_on_conflict(lambda: Ticket.modify_in_transaction(ticket_id, scope, apply))
        except NotFound:
            return True  # somebody else was faster
        except ValidationError as error:
            # One unreadable ticket must not block the others.
            fields = [each["loc"] for each in error.errors(include_input=False)]
            log.error("ticket cannot be read", ticket_id=str(ticket_id), fields=fields)
            return True


def _completion_of(request: int) -> Callable[[Offboarding], None]:
    return lambda offboarding: offboarding.complete(request)


async def _tickets_of(person_id: UUID, organisation_id: UUID) -> AsyncIterator[UUID]:
    """The ids of the tickets that are still assigned to the person, read in batches."""
    query, last = assigned_to(person_id, organisation_id), UUID(int=0)
    while True:
        batch = (
            Ticket.get_pymongo_collection().find({**query, "_id": {"$gt": last}}, {"_id": 1}).sort("_id").limit(BATCH)
        )
        ids = [found["_id"] for found in await batch.to_list()]
        for id_ in ids:
            yield id_
        if len(ids) < BATCH:
            return
        last = ids[-1]
