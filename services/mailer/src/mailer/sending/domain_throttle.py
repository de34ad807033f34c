"""Throttles the mails to each recipient domain: a provider that is flooded rejects everything for hours."""

import time
from collections.abc import Collection
from datetime import timedelta

from common.rate_limits import RateLimiter


class DomainThrottle:
    """Counted in the database, so all replicas share the count. Without a limit (`mails` None) nothing is counted."""

    def __init__(self, limiter: RateLimiter, *, mails: int | None, seconds: int) -> None:
        self._limiter = limiter
        self._mails = mails
        self._window = timedelta(seconds=seconds)
        self._exhausted_until: dict[str, float] = {}

    @property
    def exhausted(self) -> Collection[str]:
        """The domains whose limit this process has seen used up in the current window."""
        now = time.monotonic()
        self._exhausted_until = {domain: until for domain, until in self._exhausted_until.items() if until > now}
        return self._exhausted_until.keys()

    async def acquire(self, domain: str) -> float:
        """Counts one mail. Returns 0, or the seconds until the window ends if it is one too many."""
        if self._mails is None:
            return 0
        count, seconds_left = await self._limiter.count(f"mails:{domain}", self._window)
        if count <= self._mails:
            return 0
        self._exhausted_until[domain] = time.monotonic() + seconds_left
        return seconds_left
