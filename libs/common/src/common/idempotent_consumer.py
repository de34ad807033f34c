"""The idempotent consumer pattern: the effect of an event is made once, however often it is delivered
(docs/decisions/0004).

- An effect that is one document takes its id from the event (`ids.derived_id`): a second insert meets the unique key.
- A local copy of another service's document is guarded by that document's sequence (`upsert_if_newer`).
- An effect that would come out differently later is recorded in `HandledEvents` after it was saved.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from pymongo import IndexModel, WriteConcern
from pymongo.errors import DuplicateKeyError

from common import clock
from common.mongo import Collection, Database, insert_ignore_existing
from common.request_batcher import RequestBatcher

COLLECTION = "handled_events"
KEPT_SECONDS = 90 * 24 * 3600
INDEXES = [IndexModel("done_at", expireAfterSeconds=KEPT_SECONDS)]
"""Longer than every stream's retention: a message that can still be delivered is still known."""


class HandledEvents:
    def __init__(self, db: Database) -> None:
        self._db = db
        self._marks = db[COLLECTION]
        self._lookup = RequestBatcher(self._look_up)
        self._marker = RequestBatcher(self._mark)

    async def contains(self, event_id: UUID) -> bool:
        """Whether the event with this `deduplication_id` is marked."""
        return await self._lookup(event_id)

    async def mark_handled(self, event_id: UUID) -> None:
        """Call after the effect was saved: a crash in between repeats the effect, it never loses it."""
        await self._marker(event_id)

    async def _look_up(self, event_ids: Sequence[UUID]) -> list[bool]:
        known = {mark["_id"] async for mark in self._marks.find({"_id": {"$in": event_ids}}, {"_id": 1})}
        return [event_id in known for event_id in event_ids]

    async def _mark(self, event_ids: Sequence[UUID]) -> Sequence[None]:
        unhurried = self._marks.with_options(write_concern=WriteConcern(w=1, j=False))
        await insert_ignore_existing(unhurried, [{"_id": event_id, "done_at": clock.now()} for event_id in event_ids])
        return [None] * len(event_ids)


async def upsert_if_newer(collection: Collection, id_: UUID, sequence: int, copy: dict[str, Any]) -> None:
    """Stores `copy` as document `id_`, unless the stored copy has the same or a higher sequence."""
    older = {"_id": id_, "sequence": {"$lt": sequence}}
    document = {"_id": id_, "sequence": sequence, **copy}
    try:
        await collection.replace_one(older, document, upsert=True)
    except DuplicateKeyError:
        # The document exists: newer, equal, or inserted by another replica just now and possibly older.
        await collection.replace_one(older, document)
