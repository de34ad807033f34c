"""Throttling by fixed-window rate limits, counted in MongoDB so that all replicas share one count.

A window starts with its first call, by the database's clock; the N+1st call within it is refused (docs/decisions/0006).
"""

from dataclasses import dataclass
from datetime import timedelta

from pymongo import IndexModel, WriteConcern
from pymongo.errors import DuplicateKeyError

from common.errors import TooManyRequests
from common.mongo import Database, upsert_computed

COLLECTION = "rate_limits"
INDEXES = [IndexModel("ends_at", expireAfterSeconds=0)]


@dataclass(frozen=True)
class RateLimit:
    """At most `calls` in `window` per caller."""

    name: str
    calls: int
    window: timedelta


@dataclass(frozen=True)
class RateLimitStatus:
    """`count` is the calls in the current window, this one included; `reset_seconds` is the time until it ends."""

    limit: RateLimit
    count: int
    reset_seconds: int

    @property
    def remaining(self) -> int:
        return max(self.limit.calls - self.count, 0)

    def require_within_limit(self) -> None:
        """Raises TooManyRequests."""
        if self.count > self.limit.calls:
            raise TooManyRequests(
                f"At most {self.limit.calls} in {_format(self.limit.window)}; try again in {self.reset_seconds} s.",
                limit=self.limit.calls,
                retry_after=self.reset_seconds,
            )


AUTHENTICATED = RateLimit("authenticated", 600, timedelta(minutes=1))


class RateLimiter:
    """Counts calls. Counts nothing where `enforced` is false (benchmarks on a local stack)."""

    def __init__(self, db: Database, *, enforced: bool) -> None:
        # A count lost in a crash allows a few more calls; waiting for the journal would slow down every call.
        self._windows = db.get_collection(COLLECTION, write_concern=WriteConcern(w=1, j=False))
        self._enforced = enforced

    async def hit(self, limit: RateLimit, caller: str) -> RateLimitStatus | None:
        """Counts one call. None where limits are not enforced."""
        if not self._enforced:
            return None
        count, seconds_left = await self.count(f"{limit.name}:{caller}", limit.window)
        return RateLimitStatus(limit, count, seconds_left)

    async def count(self, key: str, window: timedelta) -> tuple[int, int]:
        """Counts one call under `key`, enforced or not. Returns the calls in the current window, this one included, and
        the whole seconds until the window ends."""
        running = {"$gt": ["$ends_at", "$$NOW"]}
        next_end = {"$dateAdd": {"startDate": "$$NOW", "unit": "second", "amount": int(window.total_seconds())}}
        counted = {
            "count": {"$cond": [running, {"$add": ["$count", 1]}, 1]},
            "ends_at": {"$cond": [running, "$ends_at", next_end]},
            "now": "$$NOW",
        }
        try:
            window_now = await upsert_computed(self._windows, key, counted)
        except DuplicateKeyError:  # a concurrent first call created the window
            return await self.count(key, window)
        left = (window_now["ends_at"] - window_now["now"]).total_seconds()
        return window_now["count"], max(int(left + 0.999), 1)


def _format(window: timedelta) -> str:
    seconds = int(window.total_seconds())
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds / 3600:g} h"
