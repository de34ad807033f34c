"""Fixed windows, counted in MongoDB so that all replicas share one count (docs/decisions/0006).

A window starts with its first call, by the database's clock, and ends for good; the N+1st call within it is refused.
"""

from dataclasses import dataclass
from datetime import timedelta

from fastapi import Request
from pymongo import IndexModel, ReturnDocument, WriteConcern
from pymongo.errors import DuplicateKeyError

from common.errors import TooManyRequests
from common.mongo import Database, present

COLLECTION = "rate_limits"
INDEXES = [IndexModel("ends_at", expireAfterSeconds=0)]


@dataclass(frozen=True)
class Limit:
    """At most `calls` in `window`, for each caller named when it is applied."""

    name: str
    calls: int
    window: timedelta


AUTHENTICATED = Limit("authenticated", 600, timedelta(minutes=1))


class RateLimits:
    """Counts calls. Where `enforced` is false (benchmarks on a local stack) it counts nothing."""

    def __init__(self, db: Database, *, enforced: bool) -> None:
        # A count that is lost when a server crashes allows a few calls more; waiting for the journal costs every call.
        self._windows = db.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=False))
        self._enforced = enforced

    async def require(self, request: Request, limit: Limit, caller: str) -> None:
        """Counts one call. Raises TooManyRequests when it is one too many; the answer says how many are left."""
        if not self._enforced:
            return
        count, seconds_left = await self.count(f"{limit.name}:{caller}", limit.window)
        left = max(limit.calls - count, 0)
        told: dict[str, str] = getattr(request.state, "rate_limit_headers", {})
        if not told or left <= int(told["RateLimit-Remaining"]):  # of several limits, the one that ends first
            request.state.rate_limit_headers = {
                "RateLimit-Limit": str(limit.calls),
                "RateLimit-Remaining": str(left),
                "RateLimit-Reset": str(seconds_left),
            }
        if count > limit.calls:
            raise TooManyRequests(
                f"At most {limit.calls} in {_spoken(limit.window)}; try again in {seconds_left} s.",
                limit=limit.calls,
                retry_after=seconds_left,
            )

    async def count(self, key: str, window: timedelta) -> tuple[int, int]:
        """Counts one call under `key`, enforced or not. Returns the calls in the present window, this one included, and
        the whole seconds until it ends."""
        running = {"$gt": ["$ends_at", "$$NOW"]}
        next_end = {"$dateAdd": {"startDate": "$$NOW", "unit": "second", "amount": int(window.total_seconds())}}
        update = [
            {
                "$set": {
                    "count": {"$cond": [running, {"$add": ["$count", 1]}, 1]},
                    "ends_at": {"$cond": [running, "$ends_at", next_end]},
                    "now": "$$NOW",
                }
            }
        ]
        try:
            found = present(
                await self._windows.find_one_and_update(
                    {"_id": key}, update, upsert=True, return_document=ReturnDocument.AFTER
                )
            )
        except DuplicateKeyError:  # two first calls at once: the other one made it
            return await self.count(key, window)
        left = (found["ends_at"] - found["now"]).total_seconds()
        return found["count"], max(int(left + 0.999), 1)


def _spoken(window: timedelta) -> str:
    seconds = int(window.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds / 3600:g} h"
