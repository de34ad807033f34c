"""Ticket numbers: short, counted per organisation, never reused."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from pymongo import ReturnDocument, WriteConcern

from common.mongo import Database, require_document
from common.request_batcher import RequestBatcher

COLLECTION = "ticket_numbers"


class TicketNumbers:
    """A number that was drawn is spent, even when its ticket is not made: gaps are harmless, twins are not."""

    def __init__(self, db: Database) -> None:
        # No waiting for the journal: the ticket's own write comes later in the same journal, and it does wait.
        self._counters = db.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=False))
        # One counter per organisation would else be what many callers wait for in line.
        self._drawn = RequestBatcher(self._draw_for_all)

    async def draw(self, organisation_id: UUID) -> int:
        """The next one. Outside of any transaction: many tickets opened at once must not wait for each other."""
        return await self._drawn(organisation_id)

    async def _draw_for_all(self, organisations: Sequence[UUID]) -> list[int]:
        wanted = Counter(organisations)
        firsts = await asyncio.gather(*(self._advance(organisation, by) for organisation, by in wanted.items()))
        following = dict(zip(wanted, firsts, strict=True))
        drawn = []
        for organisation in organisations:
            drawn.append(following[organisation])
            following[organisation] += 1
        return drawn

    async def _advance(self, organisation_id: UUID, by: int) -> int:
        """The first of `by` numbers."""
        counter = await self._counters.find_one_and_update(
            {"_id": organisation_id}, {"$inc": {"last": by}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(require_document(counter)["last"]) - by + 1
