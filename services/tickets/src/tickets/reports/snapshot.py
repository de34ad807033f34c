"""A snapshot of the tickets that a caller may see, and the aggregations of reports over it."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pymongo
from pymongo import ASCENDING, IndexModel
from pymongo.asynchronous.collection import AsyncCollection

from common.ids import lowest_id
from common.mongo import ClientSession, Database
from common.principal import Principal
from tickets.domain import workflow
from tickets.domain.percentiles import is_rank_needed
from tickets.ticket.document import Ticket

TIMEOUT_SECONDS = 30
"""Longer than for other queries: a report reads every ticket of its days."""

# Not `$type: date`: MongoDB does not see that a range of times implies it, and would not use the index.
_ANY_TIME = {"$gt": datetime.fromtimestamp(0, UTC)}
RESOLVED = IndexModel(
    [("organisation_id", ASCENDING), ("resolved_at", ASCENDING)],
    name="resolved",
    partialFilterExpression={"deleted_at": None, "resolved_at": _ANY_TIME},
)
INDEXES = [RESOLVED]

Row = dict[str, Any]
Stages = list[dict[str, Any]]
"""Part of an aggregation pipeline."""


@dataclass(frozen=True)
class Slice:
    """A part of the tickets and its index, which needs a hint: MongoDB tries each index that begins with the
    organisation on its newest tickets, where all of them look equally good."""

    match: Mapping[str, Any]
    index: str | dict[str, int]

    @property
    def assigned(self) -> "Slice":
        return Slice({**self.match, "assignee": {"$ne": None}}, self.index)


@dataclass(frozen=True)
class Snapshot:
    """All queries read the same state of the database."""

    tickets: AsyncCollection[dict[str, Any]]
    session: ClientSession
    scope: Mapping[str, Any]

    def created(self, start: datetime, end: datetime | None = None) -> Slice:
        """From `start` on, and before `end`. Ids are UUIDv7."""
        times = {"$gte": lowest_id(start)} | ({"$lt": lowest_id(end)} if end else {})
        return Slice({**self.scope, "_id": times}, {"organisation_id": 1, "_id": -1})

    def resolved(self, start: datetime, end: datetime | None = None) -> Slice:
        """From `start` on, and before `end`."""
        times = {"$gte": start} | ({"$lt": end} if end else {})
        return Slice({**self.scope, "resolved_at": times}, "resolved")

    @property
    def unresolved(self) -> Slice:
        unresolved = {**self.scope, "status": {"$in": sorted(workflow.UNRESOLVED)}}
        return Slice(unresolved, {"organisation_id": 1, "status": 1, "_id": -1})

    async def rows(self, tickets: Slice, **facets: Stages) -> dict[str, list[Row]]:
        """The result of each facet. The tickets are read once."""
        pipeline: Stages = [{"$match": tickets.match}, {"$facet": facets}]
        options: dict[str, Any] = {"session": self.session, "hint": tickets.index, "allowDiskUse": True}
        (rows,) = await (await self.tickets.aggregate(pipeline, **options)).to_list()
        return dict(rows)

    async def count(self, tickets: Slice) -> int:
        return await self.tickets.count_documents(tickets.match, session=self.session, hint=tickets.index)

    async def backlog(self, at: datetime) -> int:
        """The number of unresolved tickets at that time, counted back from now: few are unresolved at any time."""
        created, resolved = await self.count(self.created(at)), await self.count(self.resolved(at))
        return await self.count(self.unresolved) - created + resolved


@asynccontextmanager
async def open_snapshot(db: Database, user: Principal) -> AsyncIterator[Snapshot]:
    with pymongo.timeout(TIMEOUT_SECONDS):
        async with db.client.start_session(snapshot=True) as session:
            yield Snapshot(db[Ticket.Settings.name], session, Ticket.visible_to(user))


def count_by(key: Any, **more: Any) -> Stages:
    """One row for each key, with `count`."""
    return [{"$group": {"_id": key, "count": {"$sum": 1}, **more}}]


def durations(field: str, *, by: str | None = None) -> Stages:
    """The durations from creation to the time in the field that percentiles need, with their ranks, in total or for
    each `by`. MongoDB sorts them, on disk if necessary."""
    duration = {"$subtract": [f"${field}", "$created_at"]}
    everything = {"documents": ["unbounded", "unbounded"]}
    output = {"rank": {"$documentNumber": {}}, "total": {"$count": {}, "window": everything}}
    return [
        {"$match": {field: {"$ne": None}}},
        {"$project": {"_id": 0, "milliseconds": duration, **({"by": by} if by else {})}},
        {"$setWindowFields": {"partitionBy": "$by", "sortBy": {"milliseconds": 1}, "output": output}},
        {"$set": {"rank": {"$subtract": ["$rank", 1]}}},
        {"$match": {"$expr": is_rank_needed("$rank", "$total")}},
    ]
