"""The tickets that somebody may see, all as they were at one moment, and what can be counted of them."""

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
from tickets import workflow
from tickets.reports.percentiles import places_needed
from tickets.ticket.document import Ticket
from tickets.ticket.queries import visible_to

SECONDS = 30
"""A report may take longer than other questions: it looks at every ticket of its days."""

# Not `$type: date`: MongoDB does not see that a range of times is one of dates, and would not use the index.
_EVER = {"$gt": datetime.fromtimestamp(0, UTC)}
RESOLVED = IndexModel(
    [("organisation_id", ASCENDING), ("resolved_at", ASCENDING)],
    name="resolved",
    partialFilterExpression={"deleted_at": None, "resolved_at": _EVER},
)
INDEXES = [RESOLVED]

Row = dict[str, Any]
Branch = list[dict[str, Any]]
"""Stages of a pipeline."""


@dataclass(frozen=True)
class Part:
    """Some of the tickets, and the index that leads to them. It has to be named: MongoDB tries all that begin with the
    organisation on its newest tickets, where any of them looks as good."""

    match: Mapping[str, Any]
    index: str | dict[str, int]

    @property
    def with_agent(self) -> "Part":
        """Those of them that somebody in particular is to answer."""
        return Part({**self.match, "assignee": {"$ne": None}}, self.index)


@dataclass(frozen=True)
class Moment:
    """Every question asked of it is answered from the same state of the database."""

    tickets: AsyncCollection[dict[str, Any]]
    session: ClientSession
    scope: Mapping[str, Any]

    def created(self, start: datetime, end: datetime | None = None) -> Part:
        """From `start` on, and before `end`: ids are UUIDv7."""
        times = {"$gte": lowest_id(start)} | ({"$lt": lowest_id(end)} if end else {})
        return Part({**self.scope, "_id": times}, {"organisation_id": 1, "_id": -1})

    def resolved(self, start: datetime, end: datetime | None = None) -> Part:
        """From `start` on, and before `end`."""
        times = {"$gte": start} | ({"$lt": end} if end else {})
        return Part({**self.scope, "resolved_at": times}, "resolved")

    @property
    def unresolved(self) -> Part:
        """Those that somebody waits for."""
        waiting = {**self.scope, "status": {"$in": sorted(workflow.UNRESOLVED)}}
        return Part(waiting, {"organisation_id": 1, "status": 1, "_id": -1})

    async def rows(self, part: Part, **branches: Branch) -> dict[str, list[Row]]:
        """What each branch makes of these tickets, which are read once."""
        pipeline: Branch = [{"$match": part.match}, {"$facet": branches}]
        options: dict[str, Any] = {"session": self.session, "hint": part.index, "allowDiskUse": True}
        (rows,) = await (await self.tickets.aggregate(pipeline, **options)).to_list()
        return dict(rows)

    async def count(self, part: Part) -> int:
        """How many they are."""
        return await self.tickets.count_documents(part.match, session=self.session, hint=part.index)

    async def backlog(self, at: datetime) -> int:
        """How many were unresolved then: from now back, since not many are unresolved at any time."""
        came, went = await self.count(self.created(at)), await self.count(self.resolved(at))
        return await self.count(self.unresolved) - came + went


@asynccontextmanager
async def this_moment(db: Database, user: Principal) -> AsyncIterator[Moment]:
    """Bounded in time by what a report may take."""
    with pymongo.timeout(SECONDS):
        async with db.client.start_session(snapshot=True) as session:
            yield Moment(db[Ticket.Settings.name], session, visible_to(user))


def counted(key: Any, **more: Any) -> Branch:
    """How many there are of each."""
    return [{"$group": {"_id": key, "count": {"$sum": 1}, **more}}]


def took(field: str, *, by: str | None = None) -> Branch:
    """From creation to the time in that field: the few durations that the percentiles lie between, with their places,
    in all or for each `by`. The sorting is MongoDB's, on disk where there are very many."""
    duration = {"$subtract": [f"${field}", "$created_at"]}
    everything = {"documents": ["unbounded", "unbounded"]}
    sorted_out = {"place": {"$documentNumber": {}}, "total": {"$count": {}, "window": everything}}
    return [
        {"$match": {field: {"$ne": None}}},
        {"$project": {"_id": 0, "milliseconds": duration, **({"by": by} if by else {})}},
        {"$setWindowFields": {"partitionBy": "$by", "sortBy": {"milliseconds": 1}, "output": sorted_out}},
        {"$set": {"place": {"$subtract": ["$place", 1]}}},
        {"$match": {"$expr": places_needed("$place", "$total")}},
    ]
