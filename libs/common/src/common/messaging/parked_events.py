"""The events that a service could not handle yet, in its own database, in the order of each aggregate.

Every parked event has a time of its next attempt, so none is forgotten, whichever process is killed at any moment.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from bson import Binary
from prometheus_client import Gauge
from pymongo import ASCENDING, IndexModel, UpdateOne, WriteConcern

from common import clock
from common.messaging.delivery import Delivery, RawMessage
from common.messaging.results import Retry
from common.mongo import Database
from common.request_batcher import RequestBatcher

COLLECTION = "parked_events"
INDEXES = [
    IndexModel([("aggregate", ASCENDING), ("sequence", ASCENDING)]),
    IndexModel("next_attempt_at"),
    IndexModel("parked_at"),
]
FOLLOWER_SECONDS = 1.0
"""Delay until an event that was parked behind another one is tried. Usually it is handled before."""

parked_gauge = Gauge("helpdesk_parked_events", "Events that wait for their next attempt, or behind such an event.")
oldest_gauge = Gauge("helpdesk_parked_oldest_seconds", "How long the oldest parked event has been parked.")


@dataclass(frozen=True)
class ParkedEvent:
    delivery: Delivery
    next_attempt_at: datetime

    @property
    def is_due(self) -> bool:
        return self.next_attempt_at <= clock.now()

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        message = RawMessage(**document["message"])
        return cls(Delivery.of(message, document["failures"]), document["next_attempt_at"])


@dataclass(frozen=True)
class ParkedAggregate:
    """`events` of one aggregate wait since `since`; the oldest, of type `type`, failed `failures` times by `reason`."""

    aggregate: str
    events: int
    type: str
    failures: int
    handler: str
    reason: str
    since: datetime
    next_attempt_at: datetime


class ParkedEvents:
    """Those of one service. `changed` is set when this process parks an event."""

    def __init__(self, db: Database) -> None:
        self._parked = db[COLLECTION]
        self._unhurried = self._parked.with_options(write_concern=WriteConcern(w=1, j=False))
        self._lookup = RequestBatcher(self._look_up)
        self._writer = RequestBatcher(self._write)
        self.changed = asyncio.Event()

    async def has_events_of(self, aggregate: str) -> bool:
        """One indexed query for all that ask at the same time."""
        return await self._lookup(aggregate)

    async def park(self, delivery: Delivery, failure: Retry, *, seconds: float) -> None:
        """Stores an event that failed, for its next attempt after that time. Stored again, it keeps its place."""
        state = {
            "failures": delivery.failures + 1,
            "reason": failure.reason[:1000].encode(errors="replace").decode(),
            "handler": failure.handler,
            "next_attempt_at": clock.now() + timedelta(seconds=seconds),
        }
        await self._writer(_upsert(delivery, {"$set": state}))
        self.changed.set()

    async def park_behind(self, delivery: Delivery) -> None:
        """Stores an event that must wait for an earlier one. Does nothing where it is parked already."""
        at = clock.now() + timedelta(seconds=FOLLOWER_SECONDS)
        state = {"failures": 0, "reason": "", "handler": "none", "next_attempt_at": at}
        await self._writer(_upsert(delivery, {"$setOnInsert": state}))

    async def remove(self, event: ParkedEvent) -> None:
        """Without waiting for the journal: an event that a crash of MongoDB brings back is handled again."""
        await self._unhurried.delete_one({"_id": event.delivery.envelope.deduplication_id})

    async def upcoming(self, limit: int, excluded: Collection[str]) -> list[tuple[str, datetime]]:
        """Aggregate and time of the next attempts, the earliest first; several may be of one aggregate."""
        found = self._parked.find({"aggregate": {"$nin": list(excluded)}}, {"aggregate": 1, "next_attempt_at": 1})
        found = found.sort("next_attempt_at").limit(limit)
        return [(each["aggregate"], each["next_attempt_at"]) async for each in found]

    async def first_of(self, aggregate: str) -> ParkedEvent | None:
        found = await self._parked.find_one({"aggregate": aggregate}, sort=[("sequence", ASCENDING)])
        return ParkedEvent.of(found) if found else None

    async def defer(self, aggregate: str, until: datetime) -> None:
        """Nobody looks at the events of the aggregate before that time."""
        earlier = {"aggregate": aggregate, "next_attempt_at": {"$lt": until}}
        await self._parked.update_many(earlier, {"$set": {"next_attempt_at": until}})

    async def aggregates(self) -> AsyncIterator[ParkedAggregate]:
        """For an operator: the one that waits longest first."""
        first = {name: {"$first": f"${name}"} for name in ("type", "failures", "handler", "reason", "next_attempt_at")}
        stages: list[dict[str, Any]] = [
            {"$sort": {"aggregate": 1, "sequence": 1}},
            {"$group": {"_id": "$aggregate", "events": {"$sum": 1}, "since": {"$min": "$parked_at"}, **first}},
            {"$sort": {"since": 1}},
        ]
        async for found in await self._parked.aggregate(stages):
            yield ParkedAggregate(found.pop("_id"), **found)

    async def measure(self) -> None:
        parked_gauge.set(await self._parked.estimated_document_count())
        oldest = await self._parked.find_one({}, {"parked_at": 1}, sort=[("parked_at", ASCENDING)])
        oldest_gauge.set((clock.now() - oldest["parked_at"]).total_seconds() if oldest else 0)

    async def _look_up(self, aggregates: Sequence[str]) -> list[bool]:
        # Reads one index entry for each of them, however many events it has.
        parked = set(await self._parked.distinct("aggregate", {"aggregate": {"$in": list(aggregates)}}))
        return [aggregate in parked for aggregate in aggregates]

    async def _write(self, writes: Sequence[UpdateOne]) -> Sequence[None]:
        await self._parked.bulk_write(writes, ordered=False)
        return [None] * len(writes)


def _upsert(delivery: Delivery, state: dict[str, dict[str, Any]]) -> UpdateOne:
    envelope = delivery.envelope
    event = {
        "aggregate": delivery.aggregate,
        "sequence": envelope.sequence,
        "type": envelope.type,
        "message": asdict(delivery.message) | {"body": Binary(delivery.message.body)},
        "parked_at": clock.now(),
    }
    update = {**state, "$setOnInsert": event | state.get("$setOnInsert", {})}
    return UpdateOne({"_id": envelope.deduplication_id}, update, upsert=True)
