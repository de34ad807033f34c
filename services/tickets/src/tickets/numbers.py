"""Ticket numbers: short, counted per organisation, never reused."""

import asyncio
from collections import defaultdict
from uuid import UUID

from pymongo import ReturnDocument, WriteConcern

from common.mongo import Database, present

COLLECTION = "ticket_numbers"

_Waiting = list[asyncio.Future[int]]


class TicketNumbers:
    """A number that was drawn is spent, even when its ticket is not made: gaps are harmless, twins are not.

    Everybody in this process who wants a number while one is being drawn gets theirs with the next draw, all at once
    (docs/decisions/0012): one counter per organisation would else be what many callers wait for in line.
    """

    def __init__(self, db: Database) -> None:
        # No waiting for the journal: the ticket's own write comes later in the same journal, and it does wait.
        self._counters = db.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=False))
        self._waiting: dict[UUID, _Waiting] = defaultdict(list)
        self._drawing: dict[UUID, asyncio.Task[None]] = {}

    async def draw(self, organisation_id: UUID) -> int:
        """The next one. Outside of any transaction: many tickets opened at once must not wait for each other."""
        wanted: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting[organisation_id].append(wanted)
        if organisation_id not in self._drawing:
            # A task of its own: a caller that goes away must not take the others' numbers along.
            self._drawing[organisation_id] = asyncio.create_task(self._draw_for_all(organisation_id))
        return await wanted

    async def _draw_for_all(self, organisation_id: UUID) -> None:
        while waiting := self._waiting.pop(organisation_id, []):
            try:
                last = await self._advance(organisation_id, len(waiting))
            except Exception as error:  # noqa: BLE001 - told to each of those who wait
                _tell_all(waiting, error)
            else:
                for number, each in enumerate(waiting, start=last - len(waiting) + 1):
                    if not each.done():
                        each.set_result(number)
        del self._drawing[organisation_id]

    async def _advance(self, organisation_id: UUID, by: int) -> int:
        counter = await self._counters.find_one_and_update(
            {"_id": organisation_id}, {"$inc": {"last": by}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(present(counter)["last"])


def _tell_all(waiting: _Waiting, error: Exception) -> None:
    for each in waiting:
        if not each.done():
            each.set_exception(error)
