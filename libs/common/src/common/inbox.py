"""NOTHING IS DONE TWICE: the ways an event's effect is made to happen once, however often it is delivered.

An effect that is one document whose id follows from the event (`ids.derived_id`) needs nothing more: its key is
the memory. A local copy of another service's document is guarded by that document's sequence (`keep_newest`). Every
other effect is written in one transaction with a mark that says it was done (`Inbox.once`).
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

from pymongo import IndexModel, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from common import clock
from common.gathering import Gathering
from common.mongo import Database, Session, insert_missing, transaction

COLLECTION = "inbox"
KEPT_SECONDS = 90 * 24 * 3600
INDEXES = [IndexModel("done_at", expireAfterSeconds=KEPT_SECONDS)]
"""A mark outlives every stream's retention, so a message that can still be delivered is still known."""


class Inbox:
    """Remembers which events were handled."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._marks = db[COLLECTION]
        self._known = Gathering(self._look_up)
        self._remembered = Gathering(self._mark)

    async def knows(self, event_id: UUID) -> bool:
        """Whether the event was handled before."""
        return await self._known(event_id)

    async def remember(self, event_id: UUID) -> None:
        """Marks the event, after its effect was saved. For effects that may be made again as they are, but would come
        out differently later: told to those who joined since. A mark that is lost in a crash allows just that once."""
        await self._remembered(event_id)

    async def once(self, event_id: UUID, effect: Callable[[Session], Awaitable[None]]) -> bool:
        """Runs `effect` and marks the event in one transaction. False where it had been done before.

        `effect` may run more than once (only its last run counts) and must do nothing but database writes in the
        session it is given.
        """

        async def marked(session: Session) -> None:
            await self._marks.insert_one({"_id": event_id, "done_at": clock.now()}, session=session)
            await effect(session)

        # Asking first keeps the usual redelivery cheap and its transaction from being aborted.
        if await self.knows(event_id):
            return False
        try:
            await transaction(self._db, marked)
        except DuplicateKeyError as error:
            if (error.details or {}).get("keyValue") != {"_id": event_id}:
                raise
            return False  # another replica was handling the same delivery
        return True

    async def _look_up(self, event_ids: Sequence[UUID]) -> list[bool]:
        known = {mark["_id"] async for mark in self._marks.find({"_id": {"$in": event_ids}}, {"_id": 1})}
        return [event_id in known for event_id in event_ids]

    async def _mark(self, event_ids: Sequence[UUID]) -> Sequence[None]:
        unhurried = self._marks.with_options(write_concern=WriteConcern(w=1, j=False))
        await insert_missing(unhurried, [{"_id": event_id, "done_at": clock.now()} for event_id in event_ids])
        return [None] * len(event_ids)


async def keep_newest(
    collection: AsyncCollection[dict[str, Any]], id_: UUID, sequence: int, copy: dict[str, Any]
) -> None:
    """Stores `copy` as document `id_`, unless what is there came from a later event of the same aggregate."""
    older = {"_id": id_, "sequence": {"$lt": sequence}}
    document = {"_id": id_, "sequence": sequence, **copy}
    try:
        await collection.replace_one(older, document, upsert=True)
    except DuplicateKeyError:
        # There is one: newer, or this very one, or one that another replica made at this moment and that may be older.
        await collection.replace_one(older, document)
