"""One at a time among replicas: a lease in the service's own database, by the database server's clock."""

import time
from contextlib import suppress

from pymongo.errors import DuplicateKeyError, PyMongoError

from common.ids import new_id
from common.mongo import Database, upsert_computed

COLLECTION = "leases"


class Lease:
    """Held by one replica at a time for `seconds`; whoever holds it renews it by taking it again.

    Kept by the server's clock, so replicas need not agree on the time. A holder that was paused may still believe in a
    lease it lost: work under a lease must be harmless when done twice.
    """

    def __init__(self, db: Database, name: str, seconds: float) -> None:
        self._leases = db[COLLECTION]
        self._name = name
        self._holder = str(new_id())
        self.seconds = seconds
        self._renewed_at = float("-inf")

    async def holds(self) -> bool:
        """Takes or renews it; asks the database at most three times in `seconds`. Call it again before each step of the
        work."""
        now = time.monotonic()
        if now - self._renewed_at < self.seconds / 3:
            return True
        taken = await self.take()
        self._renewed_at = now if taken else float("-inf")
        return taken

    async def take(self) -> bool:
        """Takes or renews it. False while another replica holds it."""
        mine_or_over = {"$or": [{"$eq": ["$holder", self._holder]}, {"$not": [{"$gt": ["$until", "$$NOW"]}]}]}
        until = {"$dateAdd": {"startDate": "$$NOW", "unit": "millisecond", "amount": int(self.seconds * 1000)}}
        taken = {
            "holder": {"$cond": [mine_or_over, self._holder, "$holder"]},
            "until": {"$cond": [mine_or_over, until, "$until"]},
        }
        try:
            lease = await upsert_computed(self._leases, self._name, taken)
        except DuplicateKeyError:  # another replica made it at the same moment
            return False
        return bool(lease["holder"] == self._holder)

    async def give_back(self) -> None:
        """Lets another replica take over at once instead of after `seconds`, if the database is there."""
        self._renewed_at = float("-inf")
        with suppress(PyMongoError):
            await self._leases.delete_one({"_id": self._name, "holder": self._holder})
