"""Finds tickets whose deadline has passed and applies its action.

Any number of replicas may do so concurrently, and each may be killed at any time. The action is one conditional write
of one ticket with its event, so it is applied once. The lease only saves the other replicas the queries.
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
from common.errors import NotFound, Unavailable, VersionConflict
from common.ids import PLATFORM
from common.lease import Lease
from common.mongo import Database, cancellation_requested
from tickets.deadlines.deadline import Deadline
from tickets.desk_settings.queries import settings_of
from tickets.ticket.document import Ticket

log = structlog.get_logger("deadlines")

PAUSE_SECONDS = 5.0
PAUSE_FACTOR = 10
"""A pause lasts at least this many times as long as the sweep: with many organisations it gets slower, not busier."""
LEASE_SECONDS = 15.0
BATCH = 25

applied_total = Counter("helpdesk_deadlines_total", "Tickets to which a deadline was applied.", ["deadline"])


class Sweeper:
    """Applies one deadline in all organisations. Runs in every worker."""

    def __init__(self, db: Database, deadline: Deadline) -> None:
        self.name = f"{deadline.name} sweeper"
        self._tickets = db[Ticket.Settings.name]
        self._deadline = deadline
        self._lease = Lease(db, deadline.name, LEASE_SECONDS)

    async def run(self) -> None:
        """Sweeps until cancelled, while this replica holds the lease."""
        try:
            while not cancellation_requested():
                started = time.monotonic()
                try:
                    await self._sweep_under_lease()
                except PyMongoError as error:
                    log.warning("deadline sweep failed", deadline=self._deadline.name, reason=str(error))
                await asyncio.sleep(max(PAUSE_SECONDS, PAUSE_FACTOR * (time.monotonic() - started)))
        finally:
            await self._lease.give_back()

    async def sweep(self) -> int:
        """Applies the deadline now, without the lease. Returns the number of tickets."""
        return sum([count async for count in self._batches()])

    async def _sweep_under_lease(self) -> None:
        if not await self._lease.take():
            return
        async for _ in self._batches():
            if not await self._lease.take():
                return

    async def _batches(self) -> AsyncIterator[int]:
        """Applies the deadline in batches; yields how many tickets of each this call changed."""
        async for organisation_id, oldest in self._organisations():
            cutoff = clock.now() - self._deadline.limit(await settings_of(organisation_id))
            if oldest > cutoff:
                continue
            due = {**self._deadline.pending, "organisation_id": organisation_id, self._deadline.since: {"$lte": cutoff}}
            while count := await self._batch(due):
                yield count

    async def _organisations(self) -> AsyncIterator[tuple[UUID, datetime]]:
        """Those with pending tickets, each with its oldest time; one key of the index each."""
        since, last = self._deadline.since, PLATFORM
        while True:
            beyond = {**self._deadline.pending, "organisation_id": {"$gt": last}, since: {"$lte": clock.now()}}
            order = {"organisation_id": 1, since: 1}
            fields = {"_id": 0, "organisation_id": 1, "oldest": f"${since}"}
            found = await self._tickets.find_one(beyond, fields, sort=order)
            if found is None:
                return
            last = found["organisation_id"]
            yield last, found["oldest"]

    async def _batch(self, due: dict[str, Any]) -> int:
        oldest_first = self._tickets.find(due, {"_id": 1}).sort(self._deadline.since).limit(BATCH)
        ids = [found["_id"] for found in await oldest_first.to_list()]
        return sum(await asyncio.gather(*(self._apply(id_, due) for id_ in ids)))

    async def _apply(self, id_: UUID, due: dict[str, Any]) -> bool:
        """False if the ticket is no longer due, since another replica was faster or somebody changed it, or if its
        unpublished events are too large."""
        try:
            await Ticket.modify(id_, due, self._deadline.action)
        except (NotFound, VersionConflict, Unavailable):
            return False
        except ValidationError as error:
            # One unreadable ticket must not block the others.
            fields = [each["loc"] for each in error.errors(include_input=False)]
            log.error("ticket cannot be read", ticket_id=str(id_), deadline=self._deadline.name, fields=fields)
            return False
        applied_total.labels(self._deadline.name).inc()
        return True
