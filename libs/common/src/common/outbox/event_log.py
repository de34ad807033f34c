"""Every event of a service, for good: the audit trail, the history of a ticket, and the source of every replay."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pymongo import ASCENDING, IndexModel
from pymongo.errors import BulkWriteError

from common.events import Envelope
from common.mongo import Database

COLLECTION = "events"
DUPLICATE_KEY = 11000
INDEXES = [
    IndexModel([("aggregate_id", ASCENDING), ("sequence", ASCENDING)], unique=True),
    IndexModel([("organisation_id", ASCENDING), ("_id", ASCENDING)]),
    IndexModel([("type", ASCENDING), ("_id", ASCENDING)]),
]


@dataclass(frozen=True)
class EventSelection:
    """Which events: all, or those of a type (`tickets.ticket.created`), an organisation, an aggregate, a time
    (`since` included, `until` not)."""

    type: str | None = None
    organisation_id: UUID | None = None
    aggregate_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None

    def query(self) -> dict[str, Any]:
        """As a MongoDB filter."""
        fields = {"type": self.type, "organisation_id": self.organisation_id, "aggregate_id": self.aggregate_id}
        times = {"$gte": self.since, "$lt": self.until}
        return _given(fields | {"time": _given(times) or None})


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class EventLog:
    """Append-only. An event that is in it stays as it was, however often it is appended again."""

    def __init__(self, db: Database) -> None:
        self._events = db[COLLECTION]

    async def append(self, envelopes: Sequence[Envelope]) -> set[UUID]:
        """Adds those that are not there yet. Returns the ids of those it refused: the log has another event with the
        same sequence of the same aggregate, as after restoring documents without their log."""
        documents = [{"_id": envelope.id, **envelope.model_dump(exclude={"id"})} for envelope in envelopes]
        try:
            await self._events.insert_many(documents, ordered=False)
        except BulkWriteError as error:
            problems = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(each["code"] != DUPLICATE_KEY for each in problems):
                raise
            # The same event again is what makes a retry harmless; another one in its place is not.
            return {each["op"]["_id"] for each in problems if each["keyPattern"] != {"_id": 1}}
        return set()

    async def read(self, wanted: EventSelection) -> AsyncIterator[Envelope]:
        """The events of a slice in the order they happened; one aggregate's are always in order."""
        async for found in self._events.find(wanted.query()).sort("_id"):
            yield _envelope(found)


def _envelope(document: dict[str, Any]) -> Envelope:
    return Envelope(id=document.pop("_id"), **document)
