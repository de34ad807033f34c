"""The days a report is about, as people in some place count them. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any, Self
from zoneinfo import ZoneInfo, available_timezones

from common import clock
from common.errors import Unprocessable

MOST_DAYS = 366
USUAL_DAYS = 30
EARLIEST, LATEST = date(1970, 1, 2), date(9999, 12, 29)
"""A time before or after these can not be kept."""
DAY = timedelta(days=1)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


@dataclass(frozen=True)
class Period:
    """Whole days, `first` and `last` included. A day is as long as it is in `zone`: 23 to 25 hours, mostly 24."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def of(cls, first: date | None, last: date | None, timezone: str, now: datetime) -> Self:
        """What is not given is such that the period ends today and has 30 days. Raises Unprocessable."""
        if timezone not in _zones():
            raise Unprocessable.field("timezone", "There is no such time zone; write e.g. Europe/Berlin.")
        zone = ZoneInfo(timezone)
        last = last or now.astimezone(zone).date()
        if not EARLIEST <= last <= LATEST:
            raise Unprocessable.field("to", f"It must be from {EARLIEST} to {LATEST}.")
        first = first or max(EARLIEST, last - (USUAL_DAYS - 1) * DAY)
        if not EARLIEST <= first <= last:
            raise Unprocessable.field("from", f"It must be from {EARLIEST} to {last}, the last day.")
        if (last - first).days >= MOST_DAYS:
            raise Unprocessable.field("to", f"A report is about {MOST_DAYS} days at the most.")
        return cls(first, last, zone)

    @property
    def days(self) -> list[date]:
        """In order."""
        return [self.first + n * DAY for n in range((self.last - self.first).days + 1)]

    @property
    def start(self) -> datetime:
        """When the first day begins, in UTC."""
        return self._beginning(self.first)

    @property
    def end(self) -> datetime:
        """When the day after the last one begins, in UTC."""
        return self._beginning(self.last + DAY)

    def number_of_day(self, field: str) -> dict[str, Any]:
        """The place among `days` of a time inside the period, as a MongoDB expression over the field that holds it.

        Only arithmetic is left to MongoDB: its tables of time zones are older or newer than ours.
        """
        (_, anchor), *later = reversed(list(self._anchors()))
        anchors: Any = anchor
        for until, earlier in later:
            anchors = {"$cond": [{"$lt": [field, until]}, earlier, anchors]}
        milliseconds = {"$subtract": [field, anchors]}
        return {"$floor": {"$divide": [milliseconds, DAY / clock.MILLISECOND]}}

    def _anchors(self) -> Iterator[tuple[datetime, datetime]]:
        """Stretches of the period in which clocks were not changed: when each ends, and when its first day would have
        begun if clocks had always shown the same. So n days after that is when day n begins."""
        begins = [self._beginning(day) for day in [*self.days, self.last + DAY]]
        midnight = datetime.combine(self.first, time(), UTC)
        for one, other in pairwise(begins):
            if self._offset(one) != self._offset(other):
                yield self._change(one, other), midnight - self._offset(one)
        yield self.end, midnight - self._offset(self.end - clock.MILLISECOND)

    def _change(self, before: datetime, after: datetime) -> datetime:
        """When clocks were changed between the two, by halving."""
        while after - before > clock.MILLISECOND:
            middle = clock.truncated(before + (after - before) / 2)
            if self._offset(middle) == self._offset(before):
                before = middle
            else:
                after = middle
        return after

    def _offset(self, at: datetime) -> timedelta:
        return at.astimezone(self.zone).utcoffset() or timedelta()

    def _beginning(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)
