"""Throttling by fixed-window rate limits, counted in MongoDB so that all replicas share one count.

A window starts with its first call, by the database's clock; the N+1st call within it is refused (docs/decisions/0006).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from prometheus_client import Counter
from pymongo import IndexModel, WriteConcern
from pymongo.errors import DuplicateKeyError

from common.errors import PayloadTooLarge, TooManyRequests
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
                f"At most {self.limit.calls} in {format_seconds(int(self.limit.window.total_seconds()))}; "
                f"try again in {self.reset_seconds} s.",
                limit=self.limit.calls,
                retry_after=self.reset_seconds,
            )


@dataclass(frozen=True)
class GrowingDelay:
    """Attempts that each have to wait twice as long as the one before: none for the first `free` ones, then 1 s, 2 s,
    … at most `longest`. Forgotten when there is none for as long as `memory`."""

    name: str
    free: int
    longest: timedelta
    memory: timedelta


@dataclass(frozen=True)
class DelayStatus:
    """`attempts` are those in memory that were allowed, this one included if it was. One that comes too early has to
    wait for `wait_seconds`; 0 for one that is allowed. The next one is allowed from `next_at`."""

    attempts: int
    wait_seconds: int
    next_at: datetime


@dataclass(frozen=True)
class Quota:
    """At most `amount` of something in `window` per owner. `unit` names it in errors, e.g. "MB of files"."""

    name: str
    amount: int
    unit: str
    window: timedelta


refused_total = Counter("helpdesk_quota_refusals_total", "Requests that exceeded a quota.", ["quota"])


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

    @property
    def enforced(self) -> bool:
        return self._enforced

    async def reserve(self, quota: Quota, owner: str, amount: int = 1) -> None:
        """Takes `amount` from what is left of the quota, atomically; all of it or nothing. Raises TooManyRequests, and
        PayloadTooLarge for more than the whole quota."""
        if self._enforced:
            if amount > quota.amount:
                raise PayloadTooLarge(f"At most {quota.amount:,} {quota.unit} are accepted at all.")
            await self._reserve(quota, owner, amount)

    async def _reserve(self, quota: Quota, owner: str, amount: int) -> None:
        running = {"$gt": ["$ends_at", "$$NOW"]}
        used = {"$cond": [running, "$count", 0]}
        next_end = _from_now(int(quota.window.total_seconds()))
        fits = {"$lte": [{"$add": [used, amount]}, quota.amount]}
        reserved = {
            "count": {"$cond": [fits, {"$add": [used, amount]}, used]},
            "fits": fits,
            "ends_at": {"$cond": [running, "$ends_at", next_end]},
            "now": "$$NOW",
        }
        try:
            window = await upsert_computed(self._windows, f"{quota.name}:{owner}", reserved)
        except DuplicateKeyError:  # a concurrent first call created the window
            await self._reserve(quota, owner, amount)
            return
        if not window["fits"]:
            refused_total.labels(quota.name).inc()
            window_length = format_seconds(int(quota.window.total_seconds()))
            left = _seconds_left(window, "ends_at")
            raise TooManyRequests(
                f"At most {quota.amount:,} {quota.unit} in {window_length}; try again in {left} s.",
                limit=quota.amount,
                retry_after=left,
            )

    async def count(self, key: str, window: timedelta) -> tuple[int, int]:
        """Counts one call under `key`, enforced or not. Returns the calls in the current window, this one included, and
        the whole seconds until the window ends."""
        running = {"$gt": ["$ends_at", "$$NOW"]}
        counted = {
            "count": {"$cond": [running, {"$add": ["$count", 1]}, 1]},
            "ends_at": {"$cond": [running, "$ends_at", _from_now(int(window.total_seconds()))]},
            "now": "$$NOW",
        }
        try:
            window_now = await upsert_computed(self._windows, key, counted)
        except DuplicateKeyError:  # a concurrent first call created the window
            return await self.count(key, window)
        return window_now["count"], _seconds_left(window_now, "ends_at")

    async def read(self, callers: Sequence[tuple[RateLimit, str]]) -> list[RateLimitStatus]:
        """The current counts, in one query that counts nothing."""
        ids = [f"{limit.name}:{caller}" for limit, caller in callers]
        running: list[dict[str, Any]] = [
            {"$match": {"_id": {"$in": ids}, "$expr": {"$gt": ["$ends_at", "$$NOW"]}}},
            {"$project": {"count": 1, "ends_at": 1, "now": "$$NOW"}},
        ]
        found = {each["_id"]: each for each in await (await self._windows.aggregate(running)).to_list()}
        return [
            RateLimitStatus(limit, found[id_]["count"], _seconds_left(found[id_], "ends_at"))
            if id_ in found
            else RateLimitStatus(limit, 0, 1)
            for id_, (limit, _) in zip(ids, callers, strict=True)
        ]

    async def read_totals(self, callers: Sequence[str]) -> dict[str, int]:
        """The current counts of `<name>:<caller>`, each with those of the callers `<caller>:…`, in one query. 0 is left
        out."""
        ranges = [{"_id": {"$gte": f"{each}:", "$lt": f"{each};"}} for each in callers]  # ";" is what follows ":"
        if not ranges:
            return {}
        running: dict[str, Any] = {"$expr": {"$gt": ["$ends_at", "$$NOW"]}, "count": {"$gt": 0}}
        query = {"$or": [{"_id": {"$in": list(callers)}}, *ranges], **running}
        totals: dict[str, int] = {}
        wanted = set(callers)
        async for window in self._windows.find(query, {"count": 1}):
            id_ = window["_id"]
            caller = id_ if id_ in wanted else id_.rpartition(":")[0]
            totals[caller] = totals.get(caller, 0) + window["count"]
        return totals

    async def undo(self, limit: RateLimit, caller: str) -> None:
        """Takes one counted call back."""
        query = {"_id": f"{limit.name}:{caller}", "count": {"$gt": 0}}
        await self._windows.update_one(query, {"$inc": {"count": -1}})

    async def forget(self, name: str, caller: str) -> None:
        """Removes the count of a caller, and those of the callers `<caller>:…`."""
        exact = f"{name}:{caller}"
        prefix = {"$regex": f"^{re.escape(exact)}:"}
        await self._windows.delete_many({"$or": [{"_id": exact}, {"_id": prefix}]})

    async def attempt(self, delay: GrowingDelay, caller: str) -> DelayStatus:
        """Counts an attempt that is allowed; one that comes too early changes nothing."""
        remembered = {"$gt": ["$ends_at", "$$NOW"]}
        delayed = {"$gt": ["$count", delay.free]}
        waiting = {"$and": [remembered, delayed, {"$gt": ["$next_at", "$$NOW"]}]}
        attempts = {"$add": [{"$cond": [remembered, "$count", 0]}, 1]}
        seconds = {"$min": [{"$pow": [2, {"$subtract": [attempts, delay.free + 1]}]}, delay.longest.total_seconds()]}
        next_in = {"$cond": [{"$gt": [attempts, delay.free]}, {"$toInt": seconds}, 0]}
        counted = {
            "count": {"$cond": [waiting, "$count", attempts]},
            "next_at": {"$cond": [waiting, "$next_at", _from_now(next_in)]},
            "ends_at": {"$cond": [waiting, "$ends_at", _from_now(int(delay.memory.total_seconds()))]},
            "waiting": waiting,
            "now": "$$NOW",
        }
        try:
            found = await upsert_computed(self._windows, f"{delay.name}:{caller}", counted)
        except DuplicateKeyError:  # a concurrent first attempt
            return await self.attempt(delay, caller)
        wait_seconds = _seconds_left(found, "next_at") if found["waiting"] else 0
        return DelayStatus(found["count"], wait_seconds, found["next_at"])

    async def undo_attempt(self, delay: GrowingDelay, caller: str, status: DelayStatus) -> None:
        """Takes back an attempt that was allowed with `status`. The delay that a later one has begun continues."""
        is_latest = {"$eq": ["$next_at", status.next_at]}
        undone = {
            "count": {"$max": [{"$subtract": ["$count", 1]}, 0]},
            "next_at": {"$cond": [is_latest, "$$NOW", "$next_at"]},
        }
        await self._windows.update_one({"_id": f"{delay.name}:{caller}"}, [{"$set": undone}])


def _from_now(seconds: Any) -> dict[str, Any]:
    return {"$dateAdd": {"startDate": "$$NOW", "unit": "second", "amount": seconds}}


def _seconds_left(window: dict[str, Any], until: str) -> int:
    """Whole seconds, at least 1."""
    return max(int((window[until] - window["now"]).total_seconds() + 0.999), 1)


def format_seconds(seconds: int) -> str:
    """For people: `90 s`, `10 min`, `1.5 h`."""
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds / 3600:g} h"
