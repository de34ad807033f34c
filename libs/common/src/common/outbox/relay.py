"""Carries events from the documents that caused them to the log and to the stream: when, and in which replica."""

import asyncio
import time
from collections.abc import Collection, Sequence
from contextlib import suppress

import structlog
from bson.codec_options import DatetimeConversion
from pymongo import WriteConcern
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from common.error_descriptions import describe
from common.errors import Unavailable
from common.lease import Lease
from common.mongo import Database, cancellation_requested
from common.outbox.batch import BATCH, BatchPublisher, Publish
from common.outbox.event_log import EventLog
from common.outbox.held_back import due
from common.outbox.lag import measure_lag, reset_lag
from common.outbox.trigger import RelayTrigger

log = structlog.get_logger("relay")

SWEEP_SECONDS = 1.0
"""How long a document may wait whose commit triggered nothing."""


class Relay:
    """Runs in every worker; one at a time, by lease, does the work for the whole service."""

    name = "relay"

    def __init__(
        self, db: Database, collections: Sequence[str], publish: Publish, trigger: RelayTrigger, *, lease_seconds: float
    ) -> None:
        # What a crash of MongoDB could still take back must not be published. That a document was cleared may be lost
        # in one: then it is cleared again. The log is written for good before, by `db` as it is.
        # A time that Python cannot represent fails its own document, not the batch.
        self._db = db.with_options(
            codec_options=db.codec_options.with_options(datetime_conversion=DatetimeConversion.DATETIME_AUTO),
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern(w=1, j=False),
        )
        self._collections = collections
        self._batches = BatchPublisher(self._db, EventLog(db), publish)
        self._trigger = trigger
        self._lease = Lease(db, "relay", lease_seconds)
        self._swept_at = float("-inf")

    async def run(self) -> None:
        """Until cancelled. Loses nothing when killed at any instruction."""
        delay = 0.0
        with self._trigger.listen():
            try:
                while not cancellation_requested():
                    try:
                        await self._trigger.subscribe()
                        await self._turn()
                        delay = 0.0
                    except (Unavailable, PyMongoError) as error:
                        delay = min(delay * 2 or 0.1, 2.0)
                        log.warning("relay waits", reason=describe(error), retry_in=delay)
                        self._swept_at = float("-inf")
                        with suppress(PyMongoError):
                            await measure_lag(self._db, self._collections)
                        await asyncio.sleep(delay)
                        continue
                    await self._trigger.wait(self._pause)
            finally:
                await self._lease.give_back()

    @property
    def _pause(self) -> float:
        """Seconds after which it acts without a trigger: to renew its lease, and for commits whose trigger was lost."""
        return min(self._lease.seconds / 3, SWEEP_SECONDS)

    async def _turn(self) -> None:
        if not await self._lease.holds():
            reset_lag()
            await self._trigger.forward()
            return
        triggered = self._trigger.pop_pending()
        if time.monotonic() - self._swept_at < self._pause:
            await self.drain(triggered)
            return
        await self.drain(self._collections)
        await measure_lag(self._db, self._collections)
        self._swept_at = time.monotonic()

    async def drain(self, collections: Collection[str]) -> None:
        """Publishes what waits there, renewing the lease on the way. Raises Unavailable when the broker is away."""
        for collection in collections:
            # One cursor goes through the index once: it does not return to documents that were just cleared, which a
            # majority's view may still show.
            waiting = self._db[collection].find(due(), {"outbox": 1, "held_back": 1}, batch_size=BATCH, hint="outbox")
            async with waiting.sort("outbox.0.id") as cursor:
                while await self._lease.holds() and (documents := await cursor.to_list(BATCH)):
                    await self._batches.publish(collection, documents)
