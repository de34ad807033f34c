"""Ticket numbers: short, counted per organisation, never reused."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import count
from uuid import UUID

from pymongo import ReturnDocument, WriteConcern

from common.mongo import Database, require_document
from common.request_batcher import RequestBatcher

COLLECTION = "ticket_numbers"


class TicketNumbers:
    """An allocated number is never reused, even if its ticket is not created: there may be gaps but no duplicates."""

    def __init__(self, db: Database) -> None:
        # Does not wait for the journal: the ticket's own write follows in the same journal and waits.
        self._counters = db.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=False))
        # Callers at the same time share one update of the organisation's counter.
        self._batcher = RequestBatcher(self._allocate_batch)

    async def allocate(self, organisation_id: UUID) -> int:
        """The next number. Not in the caller's transaction: concurrent tickets must not wait for each other."""
        return await self._batcher(organisation_id)

    async def _allocate_batch(self, organisations: Sequence[UUID]) -> list[int]:
        counts = Counter(organisations)
        firsts = await asyncio.gather(*(self._advance(organisation, by) for organisation, by in counts.items()))
        numbers = {organisation: count(first) for organisation, first in zip(counts, firsts, strict=True)}
        return [next(numbers[organisation]) for organisation in organisations]

    async def _advance(self, organisation_id: UUID, by: int) -> int:
        """The first of `by` new numbers."""
        counter = await self._counters.find_one_and_update(
            {"_id": organisation_id}, {"$inc": {"last": by}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(require_document(counter)["last"]) - by + 1
