"""The days of a report in a time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from common import clock
from common.errors import Unprocessable

MAX_DAYS = 366
DEFAULT_DAYS = 30
EARLIEST, LATEST = date(1970, 1, 2), date(9999, 12, 29)
"""MongoDB and `datetime` cannot represent times beyond these days in every time zone."""
DAY = timedelta(days=1)


_zones = cache(available_timezones)


@dataclass(frozen=True)
class DateRange:
    """Whole days of `zone`, `first` and `last` included. A day with a clock change has not 24 hours."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def of(cls, first: date | None, last: date | None, timezone: str, now: datetime) -> Self:
        """By default the range ends today and has 30 days. Raises Unprocessable."""
        if timezone not in _zones():
            raise Unprocessable.field("timezone", "Unknown time zone. Use an IANA name, e.g. Europe/Berlin.")
        zone = ZoneInfo(timezone)
        last = last or now.astimezone(zone).date()
        if not EARLIEST <= last <= LATEST:
            raise Unprocessable.field("to", f"Must be from {EARLIEST} to {LATEST}.")
        first = first or max(EARLIEST, last - (DEFAULT_DAYS - 1) * DAY)
        if not EARLIEST <= first <= last:
            raise Unprocessable.field("from", f"Must be from {EARLIEST} to {last}, the last day.")
        if (last - first).days >= MAX_DAYS:
            raise Unprocessable.field("to", f"A report covers at most {MAX_DAYS} days.")
        return cls(first, last, zone)

    @property
    def days(self) -> list[date]:
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]

    @property
    def start(self) -> datetime:
        """The beginning of the first day, in UTC."""
        return self._start_of(self.first)

    @property
    def end(self) -> datetime:
        """The end of the last day, in UTC; exclusive."""
        return self._start_of(self.last + DAY)

    def day_index(self, field: str) -> dict[str, Any]:
        """The index in `days` of the time in a field, as a MongoDB expression.

        MongoDB does only the arithmetic: its time zone database is of another release than Python's.
        """
        (_, anchor), *later = reversed(list(self._anchors()))
        anchors: Any = anchor
        for until, earlier in later:
            anchors = {"$cond": [{"$lt": [field, until]}, earlier, anchors]}
        milliseconds = {"$subtract": [field, anchors]}
        return {"$floor": {"$divide": [milliseconds, DAY / clock.MILLISECOND]}}

    def _anchors(self) -> Iterator[tuple[datetime, datetime]]:
        """The parts of the range with a constant UTC offset: the end of each, and the time n days before the beginning
        of day n of the range."""
        begins = [self._start_of(day) for day in [*self.days, self.last + DAY]]
        midnight = datetime.combine(self.first, time(), UTC)
        for one, other in pairwise(begins):
            if self._offset(one) != self._offset(other):
                yield self._change(one, other), midnight - self._offset(one)
        yield self.end, midnight - self._offset(self.end - clock.MILLISECOND)

    def _change(self, before: datetime, after: datetime) -> datetime:
        """The time of the clock change between the two, by bisection."""
        while after - before > clock.MILLISECOND:
            middle = clock.truncated(before + (after - before) / 2)
            if self._offset(middle) == self._offset(before):
                before = middle
            else:
                after = middle
        return after

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or timedelta()

    def _start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
