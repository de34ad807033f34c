"""Ticket numbers: short, counted per organisation, never reused."""

from uuid import UUID

from pymongo import ReturnDocument

from common.mongo import Database, present

COLLECTION = "ticket_numbers"


class TicketNumbers:
    """A number that was drawn is spent, even when its ticket is not made: gaps are harmless, twins are not."""

    def __init__(self, db: Database) -> None:
        self._counters = db[COLLECTION]

    async def draw(self, organisation_id: UUID) -> int:
        """The next one. Outside of any transaction: many tickets opened at once must not wait for each other."""
        counter = await self._counters.find_one_and_update(
            {"_id": organisation_id}, {"$inc": {"last": 1}}, upsert=True, return_document=ReturnDocument.AFTER
        )
        return int(present(counter)["last"])
