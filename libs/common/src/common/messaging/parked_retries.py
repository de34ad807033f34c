"""Tries parked events again: one replica at a time, several aggregates at once, an aggregate's events in order."""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial

import structlog
from pymongo.errors import PyMongoError

from common import clock
from common.error_descriptions import describe
from common.errors import Unavailable
from common.lease import Lease
from common.messaging.delivery import Handle
from common.messaging.parked_events import ParkedEvents, oldest_gauge, parked_gauge
from common.messaging.results import Ack
from common.mongo import cancellation_requested, is_outage

log = structlog.get_logger("parked_events")

CONCURRENCY = 8
"""Aggregates that are retried at once. Fewer than a consumer handles: new events have precedence."""
POLL_SECONDS = 1.0
"""How soon an event is noticed that another replica parked."""
OUTAGE_DELAY_SECONDS = 1.0
MEASURE_SECONDS = 5.0


class ParkedEventRetries:
    """Killed at any instruction, it leaves each event parked or handled; an event that is handled twice has its effect
    once, as with any redelivery."""

    name = "parked events"

    def __init__(self, parked: ParkedEvents, retry: Handle, lease: Lease) -> None:
        self._parked = parked
        self._retry = retry
        self._lease = lease
        self._in_flight: dict[str, asyncio.Task[None]] = {}
        self._measured_at = float("-inf")

    async def run(self) -> None:
        """Until cancelled; then attempts that are in flight have a moment to finish."""
        try:
            while not cancellation_requested():
                try:
                    seconds = await self._start_due()
                except (Unavailable, PyMongoError) as error:
                    log.warning("parked events wait", reason=describe(error))
                    seconds = OUTAGE_DELAY_SECONDS
                with suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await self._parked.changed.wait()
        finally:
            if self._in_flight:
                await asyncio.wait(self._in_flight.values(), timeout=5)
            await self._lease.give_back()

    async def _start_due(self) -> float:
        """Starts what is due. Returns the seconds until there may be more to start."""
        self._parked.changed.clear()
        if not await self._lease.holds():
            parked_gauge.set(0)
            oldest_gauge.set(0)
            return POLL_SECONDS
        if time.monotonic() - self._measured_at > MEASURE_SECONDS:
            await self._parked.measure()
            self._measured_at = time.monotonic()
        room = CONCURRENCY - len(self._in_flight)
        if not room:
            return POLL_SECONDS
        upcoming = await self._parked.upcoming(room, self._in_flight)
        for aggregate, at in upcoming:
            if (seconds := (at - clock.now()).total_seconds()) > 0:
                return min(seconds, POLL_SECONDS)
            if aggregate not in self._in_flight:
                task = asyncio.create_task(self._retry_aggregate(aggregate))
                self._in_flight[aggregate] = task
                task.add_done_callback(partial(self._on_done, aggregate))
        return 0 if upcoming else POLL_SECONDS

    def _on_done(self, aggregate: str, _task: asyncio.Task[None]) -> None:
        del self._in_flight[aggregate]
        self._parked.changed.set()

    async def _retry_aggregate(self, aggregate: str) -> None:
        try:
            await self._retry_in_order(aggregate)
        except Exception as error:
            if isinstance(error, Unavailable) or is_outage(error):
                log.warning("parked events wait", aggregate=aggregate, reason=describe(error))
            else:
                log.exception("parked events wait", aggregate=aggregate)
            # Not only a pause: the events that are due first must not be the same ones again.
            await self._defer_or_wait(aggregate)

    async def _defer_or_wait(self, aggregate: str) -> None:
        try:
            await self._parked.defer(aggregate, clock.now() + timedelta(seconds=OUTAGE_DELAY_SECONDS))
        except PyMongoError:
            await asyncio.sleep(OUTAGE_DELAY_SECONDS)

    async def _retry_in_order(self, aggregate: str) -> None:
        first = await self._parked.first_of(aggregate)
        if first is not None and not first.is_due:
            await self._parked.defer(aggregate, first.next_attempt_at)
            return
        # Once the first event needs nothing more, those behind it are handled at once, whatever their time.
        while first is not None and await self._lease.holds():
            if not isinstance(await self._retry(first.delivery), Ack):
                return
            await self._parked.remove(first)
            first = await self._parked.first_of(aggregate)
