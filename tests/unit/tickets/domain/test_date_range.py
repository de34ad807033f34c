"""The days of a report in any time zone, across every clock change."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.errors import Unprocessable
from tickets.domain.date_range import MAX_DAYS, DateRange

NOON = datetime.fromisoformat("2026-05-14T12:00:00Z")
FIRST, LAST = date(2000, 1, 1), date(2036, 12, 31)

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)


@st.composite
def date_ranges(draw: st.DrawFn) -> DateRange:
    first = draw(st.dates(FIRST, LAST))
    return DateRange(first, first + timedelta(days=draw(st.integers(0, MAX_DAYS - 1))), draw(zones))


def value(expression: Any, at: datetime) -> Any:
    """What MongoDB makes of the few operators that are used, where the field holds `at`."""
    if expression == "$at":
        return at
    if not isinstance(expression, dict):
        return expression
    ((operator, operands),) = expression.items()
    found = [value(each, at) for each in (operands if isinstance(operands, list) else [operands])]
    match operator:
        case "$cond":
            return found[1] if found[0] else found[2]
        case "$lt":
            return found[0] < found[1]
        case "$subtract":
            return (found[0] - found[1]) / clock.MILLISECOND
        case "$divide":
            return found[0] / found[1]
        case "$floor":
            return int(found[0] // 1)
    raise AssertionError(operator)


@given(date_ranges(), st.data())
def test_a_time_falls_on_the_day_that_a_calendar_there_shows(days: DateRange, data: st.DataObject) -> None:
    span = (days.end - days.start) // clock.MILLISECOND
    at = days.start + data.draw(st.integers(0, span - 1)) * clock.MILLISECOND

    assert value(days.day_index("$at"), at) == (at.astimezone(days.zone).date() - days.first).days


@given(date_ranges())
def test_a_days_begins_with_its_first_day_and_ends_with_its_last(days: DateRange) -> None:
    before, after = days.start - clock.MILLISECOND, days.end
    assert days.start.astimezone(days.zone).date() == days.first
    assert before.astimezone(days.zone).date() < days.first
    assert (after - clock.MILLISECOND).astimezone(days.zone).date() == days.last
    assert after.astimezone(days.zone).date() > days.last


@pytest.mark.parametrize(
    ("day", "zone", "hours"),
    [
        (date(2026, 3, 29), "Europe/Berlin", 23),
        (date(2026, 10, 25), "Europe/Berlin", 25),
        (date(2026, 10, 4), "Australia/Lord_Howe", 23.5),
        (date(2026, 5, 14), "Asia/Kathmandu", 24),
    ],
)
def test_a_day_is_as_long_as_it_is_there(day: date, zone: str, hours: float) -> None:
    days = DateRange(day, day, ZoneInfo(zone))

    assert (days.end - days.start) == timedelta(hours=hours)


def test_days_are_those_of_utc_where_no_place_is_given() -> None:
    days = DateRange.of(date(2026, 5, 1), date(2026, 5, 2), "UTC", NOON)

    assert (days.start, days.end) == (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC))
    assert days.days == [date(2026, 5, 1), date(2026, 5, 2)]


def test_what_is_not_given_is_the_last_thirty_days_of_that_place() -> None:
    late = datetime.fromisoformat("2026-05-14T23:30:00Z")

    assert DateRange.of(None, None, "UTC", late).last == date(2026, 5, 14)
    days = DateRange.of(None, None, "Europe/Berlin", late)
    assert (days.first, days.last, len(days.days)) == (date(2026, 4, 16), date(2026, 5, 15), 30)
    assert DateRange.of(None, date(2026, 1, 30), "UTC", late).first == date(2026, 1, 1)


def test_a_report_is_about_366_days_at_the_most() -> None:
    assert len(DateRange.of(date(2024, 1, 1), date(2024, 12, 31), "UTC", NOON).days) == 366
    with pytest.raises(Unprocessable, match="366"):
        DateRange.of(date(2023, 12, 31), date(2024, 12, 31), "UTC", NOON)


@pytest.mark.parametrize(
    ("first", "last", "timezone", "field"),
    [
        (date(2026, 5, 2), date(2026, 5, 1), "UTC", "from"),
        (date.min, date.min, "UTC", "to"),
        (None, date.max, "UTC", "to"),
        (date.min, date(1970, 1, 2), "UTC", "from"),
        (None, None, "Mars/Olympus", "timezone"),
        (None, None, "America", "timezone"),
        (None, None, "../../etc/passwd", "timezone"),
        (None, None, "", "timezone"),
    ],
)
def test_a_days_that_makes_no_sense_is_refused(
    first: date | None, last: date | None, timezone: str, field: str
) -> None:
    with pytest.raises(Unprocessable) as caught:
        DateRange.of(first, last, timezone, NOON)
    assert [wrong.field for wrong in caught.value.errors] == [field]


@given(st.dates(), st.dates(), zones)
def test_any_other_days_can_be_counted(first: date, last: date, zone: ZoneInfo) -> None:
    try:
        days = DateRange.of(first, last, zone.key, NOON)
    except Unprocessable:
        return
    assert days.start < days.end
    days.day_index("$at")
