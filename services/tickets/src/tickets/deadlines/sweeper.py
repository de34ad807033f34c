"""Looks for tickets whose time is up, and does what follows.

Any number of replicas may do so at once, and each may be killed at any moment. What follows is one write of one ticket,
with its event, on condition that nobody wrote it since it was read: so it is done once. The lease only saves the others
the work of looking.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from pydantic import ValidationError
from pymongo.errors import PyMongoError

from common import clock
from common.errors import VersionConflict
from common.ids import PLATFORM
from common.lease import Lease
from common.mongo import Database, cancellation_requested
from tickets.deadlines.deadline import Deadline
from tickets.desk_settings.queries import settings_of
from tickets.ticket.document import Ticket

log = structlog.get_logger("deadlines")

PAUSE_SECONDS = 5.0
REST = 10
"""It rests at least so many times as long as it looked: with very many organisations it gets slower, not busier."""
LEASE_SECONDS = 15.0
BATCH = 25

met_total = Counter(
    "helpdesk_deadlines_total", "Tickets to which something happened because time was up.", ["deadline"]
)


class Sweeper:
    """Looks after one deadline, in all organisations. Runs in every worker."""

    def __init__(self, db: Database, deadline: Deadline) -> None:
        self.name = f"sweeper of {deadline.name}"
        self._tickets = db[Ticket.Settings.name]
        self._deadline = deadline
        self._lease = Lease(db, deadline.name, LEASE_SECONDS)

    async def run(self) -> None:
        """Until cancelled, while no other replica does."""
        try:
            while not cancellation_requested():
                started = time.monotonic()
                try:
                    await self._sweep_under_lease()
                except PyMongoError as error:
                    log.warning("sweeper waits", deadline=self._deadline.name, reason=str(error))
                await asyncio.sleep(max(PAUSE_SECONDS, REST * (time.monotonic() - started)))
        finally:
            await self._give_back_lease()

    async def sweep(self) -> int:
        """Does what is due now, whoever else does so at this moment. Returns to how many tickets."""
        return sum([done async for done in self._batches()])

    async def _sweep_under_lease(self) -> None:
        if not await self._lease.take():
            return
        async for _ in self._batches():
            if not await self._lease.take():
                return

    async def _batches(self) -> AsyncIterator[int]:
        """Goes through what is due, a few tickets at a time; says how many of them it was that did it."""
        async for organisation_id, oldest in self._organisations():
            cutoff = clock.now() - self._deadline.allowed(await settings_of(organisation_id))
            if oldest > cutoff:
                continue
            due = {**self._deadline.waiting, "organisation_id": organisation_id, self._deadline.since: {"$lte": cutoff}}
            while done := await self._batch(due):
                yield done

    async def _organisations(self) -> AsyncIterator[tuple[UUID, datetime]]:
        """Those in which tickets wait, each with the time of the one that waits longest: one key of the index each."""
        since, last = self._deadline.since, PLATFORM
        while True:
            beyond = {**self._deadline.waiting, "organisation_id": {"$gt": last}, since: {"$lte": clock.now()}}
            order = {"organisation_id": 1, since: 1}
            found = await self._tickets.find_one(beyond, {"_id": 0, "organisation_id": 1, since: 1}, sort=order)
            if found is None:
                return
            last = found["organisation_id"]
            yield last, found[since]

    async def _batch(self, due: dict[str, Any]) -> int:
        longest_first = self._tickets.find(due, {"_id": 1}).sort(self._deadline.since).limit(BATCH)
        ids = [found["_id"] for found in await longest_first.to_list()]
        return sum(await asyncio.gather(*(self._did(id_) for id_ in ids)))

    async def _did(self, id_: UUID) -> bool:
        """False where somebody else did, or did something else with the ticket: then the next sweep looks again."""
        try:
            ticket = await Ticket.find_one({**self._deadline.waiting, "_id": id_})
        except ValidationError as error:
            # One that can not be read must not be in the way of all others.
            wrong = [each["loc"] for each in error.errors(include_input=False)]
            log.error("a ticket can not be read", ticket_id=str(id_), deadline=self._deadline.name, fields=wrong)
            return False
        if ticket is None:
            return False
        seen = ticket.version
        self._deadline.follows(ticket)
        try:
            await ticket.commit()
        except VersionConflict:
            return False
        if ticket.version == seen:
            return False
        met_total.labels(self._deadline.name).inc()
        return True

    async def _give_back_lease(self) -> None:
        try:
            await self._lease.give_back()
        except PyMongoError:
            log.debug("lease not given back: the database is away")
