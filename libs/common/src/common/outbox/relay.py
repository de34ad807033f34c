"""Carries events from the documents that caused them to the log and to the stream.

For each batch, in this order: append to the event log, publish, remove from the documents. Killed between any two of
these, it does the last step again after restart: the log knows the event's id, JetStream knows it for its
de-duplication window, and consumers know it for good.
"""

import asyncio
import time
from collections.abc import Collection, Sequence
from typing import Any, Protocol
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from pymongo import WriteConcern
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern

from common.errors import Unavailable
from common.events import Envelope
from common.lease import Lease
from common.mongo import Database, cancellation_requested
from common.outbox.event_log import EventLog
from common.outbox.trigger import RelayTrigger

log = structlog.get_logger("relay")

BATCH = 256
"""Documents read at a time; their events are published with that many acknowledgements in flight."""

SWEEP_SECONDS = 1.0
"""How long a document may wait whose save nobody told of."""

published_total = Counter("helpdesk_relay_published_total", "Events published to the stream.", ["type"])
oldest_gauge = Gauge("helpdesk_relay_lag_seconds", "Age of the oldest event that is saved but not yet published.")
conflicting_gauge = Gauge(
    "helpdesk_relay_conflicting_documents", "Documents whose events contradict the log; they wait for an operator."
)
waiting_gauge = Gauge("helpdesk_relay_waiting_documents", "Documents with events that are not yet published.")


class Publisher(Protocol):
    """Where events go. Returns when the broker has them for good; raises Unavailable when it is away."""

    async def publish(self, envelope: Envelope) -> None: ...


class Relay:
    """Runs in every worker; one at a time, by lease, does the work for the whole service."""

    name = "relay"

    def __init__(
        self,
        db: Database,
        collections: Sequence[str],
        publisher: Publisher,
        trigger: RelayTrigger,
        *,
        lease_seconds: float,
    ) -> None:
        # What a crash of MongoDB could still take back must not be published. That a document was cleared may be lost
        # in one: then it is cleared again. The log is written for good before, by `db` as it is.
        self._db = db.with_options(read_concern=ReadConcern("majority"), write_concern=WriteConcern(w=1, j=False))
        self._collections = collections
        self._publisher = publisher
        self._trigger = trigger
        self._log = EventLog(db)
        self._lease = Lease(db, "relay", lease_seconds)
        self._lease_taken_at = self._swept_at = float("-inf")
        self._logged: set[UUID] = set()
        self._published: dict[UUID, float] = {}
        self._conflicting: set[UUID] = set()

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
                        log.warning("relay waits", reason=str(error), retry_in=delay)
                        self._swept_at = float("-inf")
                        await self._measure_if_possible()
                        await asyncio.sleep(delay)
                        continue
                    await self._trigger.wait(self._pause)
            finally:
                await self._give_back_lease()

    @property
    def _pause(self) -> float:
        """Seconds after which it looks by itself: for its lease, and for what it was not told of."""
        return min(self._lease.seconds / 3, SWEEP_SECONDS)

    async def _turn(self) -> None:
        if not await self._holds_lease():
            await self._trigger.forward()
            return
        woken = self._trigger.pop_pending()
        if time.monotonic() - self._swept_at < self._pause:
            await self.drain(woken)
            return
        await self.drain(self._collections)
        await self._measure()
        self._swept_at = time.monotonic()

    async def _holds_lease(self) -> bool:
        if time.monotonic() - self._lease_taken_at < self._pause:
            return True
        if not await self._lease.take():
            return False
        self._lease_taken_at = time.monotonic()
        return True

    async def drain(self, collections: Collection[str]) -> None:
        """Publishes until nothing waits there, renewing the lease on the way. Raises Unavailable when the broker is
        away."""
        self._conflicting.clear()
        for collection in collections:
            while await self._holds_lease() and await self._relay_batch(collection):
                pass

    async def _relay_batch(self, collection: str) -> bool:
        """Whether there may be more."""
        query = {"outbox.0": {"$exists": True}, "_id": {"$nin": list(self._conflicting)}}
        waiting = self._db[collection].find(query, {"outbox": 1}).sort("outbox.0.id").limit(BATCH)
        if documents := await waiting.to_list():
            await self._relay(collection, documents)
        return len(documents) == BATCH

    async def _relay(self, collection: str, documents: list[dict[str, Any]]) -> None:
        outboxes = {
            document["_id"]: [Envelope(**event) for event in document["outbox"]]
            for document in documents
            if not self._is_being_cleared(document["outbox"])
        }
        events = [event for outbox in outboxes.values() for event in outbox]
        if new := [event for event in events if event.id not in self._logged and event.id not in self._published]:
            self._set_apart(await self._log.append(new), outboxes)
            # While the broker is away the same events come by again and again; they need logging once.
            self._logged.update(event.id for event in new if event.aggregate_id not in self._conflicting)
        outcomes = await asyncio.gather(*(self._publish_in_order(outbox) for outbox in outboxes.values()))
        if published := [event.id for through, _ in outcomes for event in through]:
            await self._db[collection].update_many(
                {"_id": {"$in": list(outboxes)}}, {"$pull": {"outbox": {"id": {"$in": published}}}}
            )
        self._note_published(published)
        for _, error in outcomes:
            if error is not None:
                raise error

    def _is_being_cleared(self, outbox: list[dict[str, Any]]) -> bool:
        """Whether all that was published a moment ago: a majority's view may still show what was removed since."""
        since = time.monotonic() - SWEEP_SECONDS
        return all(self._published.get(event["id"], since) > since for event in outbox)

    def _note_published(self, ids: Collection[UUID]) -> None:
        self._logged.difference_update(ids)
        self._published.update(dict.fromkeys(ids, time.monotonic()))
        while len(self._published) > 16 * BATCH:
            del self._published[next(iter(self._published))]

    def _set_apart(self, refused: set[UUID], outboxes: dict[UUID, list[Envelope]]) -> None:
        """What the log contradicts is not published; everybody else's events go on."""
        for id_, outbox in list(outboxes.items()):
            if any(event.id in refused for event in outbox):
                log.error("events contradict the log and wait for an operator", aggregate_id=str(id_))
                self._conflicting.add(id_)
                del outboxes[id_]
        conflicting_gauge.set(len(self._conflicting))

    async def _publish_in_order(self, outbox: list[Envelope]) -> tuple[list[Envelope], Unavailable | None]:
        """One aggregate's events, each after the one before is acknowledged: those that got through, and what
        stopped the rest."""
        published: list[Envelope] = []
        for envelope in outbox:
            if envelope.id not in self._published:
                try:
                    await self._publisher.publish(envelope)
                except Unavailable as error:
                    return published, error
                published_total.labels(envelope.type).inc()
            published.append(envelope)
        return published, None

    async def _measure(self) -> None:
        oldest = None
        waiting = 0
        for collection in self._collections:
            query = {"outbox.0": {"$exists": True}}
            first = (
                await self._db[collection].find(query, {"outbox": {"$slice": 1}}).sort("outbox.0.id").limit(1).to_list()
            )
            if first:
                at = first[0]["outbox"][0]["time"]
                oldest = min(oldest or at, at)
                # Without the hint the planner reads the whole collection.
                waiting += await self._db[collection].count_documents(query, hint="outbox")
        waiting_gauge.set(waiting)
        if oldest is None:
            oldest_gauge.set_function(lambda: 0.0)
        else:
            since = oldest.timestamp()
            oldest_gauge.set_function(lambda: time.time() - since)

    async def _measure_if_possible(self) -> None:
        try:
            await self._measure()
        except PyMongoError:
            log.debug("lag not measured: the database is away")

    async def _give_back_lease(self) -> None:
        try:
            await self._lease.give_back()
        except PyMongoError:
            log.debug("lease not given back: the database is away")
