"""Numbers the changes of an organisation's tickets in commit order, so that a reader who has seen position 7 has seen
everything before it.

A commit clears the ticket's position; the sequencer, which sees committed tickets only, gives it the next one. A time
or a counter that the writer takes does not give that order: the writer of 7 may commit after the writer of 8
(docs/decisions/0049).
"""

from collections import Counter
from uuid import UUID

from pymongo import ReturnDocument, UpdateOne
from pymongo.read_concern import ReadConcern

from common.loops import repeat
from common.mongo import ClientSession, Database, require_document, run_in_transaction
from tickets.ticket.document import Ticket
from tickets.ticket.indexes import UNPOSITIONED

COLLECTION = "ticket_positions"
PAUSE_SECONDS = 0.2
BATCH = 256


class ChangeSequencer:
    """Runs in every worker. Where two assign positions at once, the transaction of one of them runs again and finds
    nothing left to do; so a worker that was paused cannot assign a position that is lower than one already seen."""

    name = "change sequencer"

    def __init__(self, db: Database) -> None:
        self._db = db
        self._tickets = db[Ticket.Settings.name]
        self._last = db[COLLECTION]

    async def run(self) -> None:
        await repeat(self.assign_positions, pause_seconds=PAUSE_SECONDS, name=self.name)

    async def assign_positions(self) -> None:
        """Gives each changed ticket a position."""
        while await self._has_waiting() and await run_in_transaction(self._db, self._assign_batch) == BATCH:
            pass

    async def _has_waiting(self) -> bool:
        return await self._tickets.find_one(UNPOSITIONED, {"_id": 1}, hint="unpositioned") is not None

    async def _assign_batch(self, session: ClientSession) -> int:
        """Returns the number of tickets."""
        waiting = self._tickets.find(UNPOSITIONED, {"organisation_id": 1}, session=session, hint="unpositioned")
        found = await waiting.limit(BATCH).to_list()
        next_positions: dict[UUID, int] = {}
        for organisation_id, count in Counter(ticket["organisation_id"] for ticket in found).items():
            # Every transaction writes this document first: of two at once, one fails.
            advanced = await self._last.find_one_and_update(
                {"_id": organisation_id},
                {"$inc": {"last": count}},
                upsert=True,
                return_document=ReturnDocument.AFTER,
                session=session,
            )
            next_positions[organisation_id] = int(require_document(advanced)["last"]) - count + 1
        updates = []
        for ticket in found:
            position = next_positions[ticket["organisation_id"]]
            next_positions[ticket["organisation_id"]] = position + 1
            updates.append(UpdateOne({"_id": ticket["_id"]}, {"$set": {"position": position}}))
        if updates:
            await self._tickets.bulk_write(updates, ordered=False, session=session)
        return len(updates)


async def last_position(db: Database, organisation_id: UUID) -> int:
    """The last one that a majority has. 0 before the first change."""
    positions = db.get_collection(COLLECTION, read_concern=ReadConcern("majority"))
    found = await positions.find_one({"_id": organisation_id})
    return int(found["last"]) if found else 0
