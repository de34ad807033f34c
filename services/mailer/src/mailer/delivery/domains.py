"""How many mails one domain gets: a big provider that is flooded refuses everything for hours."""

import time
from collections.abc import Collection
from datetime import timedelta

from common.rate_limits import RateLimiter


class DomainLimits:
    """Counted in the database, so that all replicas share one count. `mails` None is no limit, and counts nothing."""

    def __init__(self, counts: RateLimiter, *, mails: int | None, seconds: int) -> None:
        self._counts = counts
        self._mails = mails
        self._window = timedelta(seconds=seconds)
        self._used_up: dict[str, float] = {}

    @property
    def used_up(self) -> Collection[str]:
        """Domains that get nothing more for the moment, as far as this process has noticed."""
        now = time.monotonic()
        self._used_up = {domain: until for domain, until in self._used_up.items() if until > now}
        return self._used_up.keys()

    async def wait_for(self, domain: str) -> float:
        """Counts one mail; returns 0, or the seconds until the next can go where it is one too many."""
        if self._mails is None:
            return 0
        count, seconds_left = await self._counts.count(f"mails:{domain}", self._window)
        if count <= self._mails:
            return 0
        self._used_up[domain] = time.monotonic() + seconds_left
        return seconds_left
