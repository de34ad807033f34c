"""Carries events from the documents that caused them to the log and to the stream.

For each batch, in this order: append to the event log, publish, remove from the documents. Killed between any two of
these, it does the last step again after restart: the log knows the event's id, JetStream knows it for its
de-duplication window, and consumers know it for good.
"""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, Protocol
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from pymongo import UpdateOne
from pymongo.errors import PyMongoError

from common.errors import Unavailable
from common.events import Envelope
from common.lease import Lease
from common.mongo import Database, asked_to_stop, following
from common.outbox.event_log import EventLog

log = structlog.get_logger("relay")

BATCH = 256
"""Documents read at a time; their events are published with that many acknowledgements in flight."""

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

    def __init__(self, db: Database, collections: Sequence[str], publisher: Publisher, *, lease_seconds: float) -> None:
        self._db = db
        self._collections = collections
        self._publisher = publisher
        self._log = EventLog(db)
        self._lease = Lease(db, "relay", lease_seconds)
        self._wake = asyncio.Event()
        self._logged: set[UUID] = set()
        self._conflicting: set[UUID] = set()

    async def run(self) -> None:
        """Until cancelled. Loses nothing when killed at any instruction."""
        watching = asyncio.create_task(self._watch(), name="relay-watch")
        delay = 0.0
        try:
            while not asked_to_stop():
                try:
                    if await self._lease.take():
                        await self.drain()
                    await self._measure()
                    delay = 0.0
                except (Unavailable, PyMongoError) as error:
                    delay = min(delay * 2 or 0.1, 2.0)
                    log.warning("relay waits", reason=str(error), retry_in=delay)
                    await self._measure_if_possible()
                    await asyncio.sleep(delay)
                    continue
                await self._until_woken()
        finally:
            watching.cancel()
            await self._give_back_lease()

    async def drain(self) -> None:
        """Publishes until nothing waits, renewing the lease on the way. Raises Unavailable when the broker is away."""
        renewed = time.monotonic()
        self._conflicting.clear()
        while await self._relay_batch():
            if time.monotonic() - renewed > self._lease.seconds / 3:
                if not await self._lease.take():
                    return
                renewed = time.monotonic()

    async def _relay_batch(self) -> bool:
        self._wake.clear()
        found_any = False
        for collection in self._collections:
            query = {"outbox.0": {"$exists": True}, "_id": {"$nin": list(self._conflicting)}}
            waiting = self._db[collection].find(query, {"outbox": 1})
            documents = await waiting.sort("outbox.0.id").limit(BATCH).to_list()
            if documents:
                found_any = True
                await self._relay(collection, documents)
        return found_any

    async def _relay(self, collection: str, documents: list[dict[str, Any]]) -> None:
        outboxes = {document["_id"]: [Envelope(**event) for event in document["outbox"]] for document in documents}
        events = [event for outbox in outboxes.values() for event in outbox]
        if new := [event for event in events if event.id not in self._logged]:
            self._set_apart(await self._log.append(new), outboxes)
            # While the broker is away the same events come by again and again; they need logging once.
            self._logged.update(event.id for event in new if event.aggregate_id not in self._conflicting)
        outcomes = await asyncio.gather(*(self._publish_in_order(outbox) for outbox in outboxes.values()))
        clear = [
            UpdateOne({"_id": id_}, {"$pull": {"outbox": {"id": {"$in": [event.id for event in published]}}}})
            for id_, (published, _) in zip(outboxes, outcomes, strict=True)
            if published
        ]
        if clear:
            await self._db[collection].bulk_write(clear, ordered=False)
        self._logged.difference_update(event.id for published, _ in outcomes for event in published)
        for _, error in outcomes:
            if error is not None:
                raise error

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
            try:
                await self._publisher.publish(envelope)
            except Unavailable as error:
                return published, error
            published_total.labels(envelope.type).inc()
            published.append(envelope)
        return published, None

    async def _until_woken(self) -> None:
        """A change, or a third of the lease: time to renew it, and to look in case the change stream was blind."""
        try:
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(min(self._lease.seconds / 3, 1.0)):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _watch(self) -> None:
        """Wakes the relay when a document was written. Only a hint: polling finds whatever it misses."""
        pipeline: list[dict[str, Any]] = [
            {"$match": {"operationType": {"$in": ["insert", "update"]}, "ns.coll": {"$in": list(self._collections)}}},
            {"$project": {"_id": 1}},
        ]
        while True:
            try:
                async with following(self._db, pipeline) as changes:
                    async for _ in changes:
                        self._wake.set()
            except PyMongoError as error:
                log.debug("change stream broken", reason=str(error))
                await asyncio.sleep(0.5)

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
