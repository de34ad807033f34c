"""NOTHING IS DONE TWICE: the ways an event's effect is made to happen once, however often it is delivered.

An effect that is one document whose id follows from the event (`ids.derived_id`) needs nothing more: its key is
the memory. A local copy of another service's document is guarded by that document's sequence (`keep_newest`). Every
other effect is written in one transaction with a mark that says it was done (`Inbox.once`).
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from pymongo import IndexModel, WriteConcern
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import DuplicateKeyError

from common import clock
from common.mongo import Database, Session, transaction

COLLECTION = "inbox"
KEPT_SECONDS = 90 * 24 * 3600
INDEXES = [IndexModel("done_at", expireAfterSeconds=KEPT_SECONDS)]
"""A mark outlives every stream's retention, so a message that can still be delivered is still known."""


class Inbox:
    """Remembers which events were handled."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def knows(self, event_id: UUID) -> bool:
        """Whether the event was handled before."""
        return await self._db[COLLECTION].find_one({"_id": event_id}, {"_id": 1}) is not None

    async def remember(self, event_id: UUID) -> None:
        """Marks the event, after its effect was saved. For effects that may be made again as they are, but would come
        out differently later: told to those who joined since. A mark that is lost in a crash allows just that once."""
        marks = self._db.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=False))
        await marks.update_one({"_id": event_id}, {"$setOnInsert": {"done_at": clock.now()}}, upsert=True)

    async def once(self, event_id: UUID, effect: Callable[[Session], Awaitable[None]]) -> bool:
        """Runs `effect` and marks the event in one transaction. False where it had been done before.

        `effect` may run more than once (only its last run counts) and must do nothing but database writes in the
        session it is given.
        """

        async def marked(session: Session) -> None:
            await self._db[COLLECTION].insert_one({"_id": event_id, "done_at": clock.now()}, session=session)
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
