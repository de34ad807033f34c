"""How often the handling of an event has failed, remembered across deliveries, replicas and restarts.

JetStream's own count of deliveries will not do: a message handed to a replica that was then killed, or that found its
database away, was delivered but has not failed.
"""

from uuid import UUID

from pymongo import IndexModel, ReturnDocument

from common import clock
from common.mongo import Database, require_document

COLLECTION = "attempts"
INDEXES = [IndexModel("at", expireAfterSeconds=90 * 24 * 3600)]


class DeliveryAttempts:
    """Failures by event id, in the consuming service's own database."""

    def __init__(self, db: Database) -> None:
        self._attempts = db[COLLECTION]

    async def failed(self, event_id: UUID, reason: str) -> int:
        """Counts one more failure; returns how many there are."""
        found = await self._attempts.find_one_and_update(
            {"_id": event_id},
            {"$inc": {"failures": 1}, "$set": {"reason": reason, "at": clock.now()}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return int(require_document(found)["failures"])

    async def forget(self, event_id: UUID) -> None:
        """A dead letter that is replayed starts from zero."""
        await self._attempts.delete_one({"_id": event_id})
