"""The days of a report, as people in some place count them, across every change of their clocks."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.errors import Unprocessable
from tickets.reports.period import MOST_DAYS, Period

NOON = datetime.fromisoformat("2026-05-14T12:00:00Z")
FIRST, LAST = date(2000, 1, 1), date(2036, 12, 31)

zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first = draw(st.dates(FIRST, LAST))
    return Period(first, first + timedelta(days=draw(st.integers(0, MOST_DAYS - 1))), draw(zones))


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


@given(periods(), st.data())
def test_a_time_falls_on_the_day_that_a_calendar_there_shows(period: Period, data: st.DataObject) -> None:
    span = (period.end - period.start) // clock.MILLISECOND
    at = period.start + data.draw(st.integers(0, span - 1)) * clock.MILLISECOND

    assert value(period.number_of_day("$at"), at) == (at.astimezone(period.zone).date() - period.first).days


@given(periods())
def test_a_period_begins_with_its_first_day_and_ends_with_its_last(period: Period) -> None:
    before, after = period.start - clock.MILLISECOND, period.end
    assert period.start.astimezone(period.zone).date() == period.first
    assert before.astimezone(period.zone).date() < period.first
    assert (after - clock.MILLISECOND).astimezone(period.zone).date() == period.last
    assert after.astimezone(period.zone).date() > period.last


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
    period = Period(day, day, ZoneInfo(zone))

    assert (period.end - period.start) == timedelta(hours=hours)


def test_days_are_those_of_utc_where_no_place_is_given() -> None:
    period = Period.of(date(2026, 5, 1), date(2026, 5, 2), "UTC", NOON)

    assert (period.start, period.end) == (datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 3, tzinfo=UTC))
    assert period.days == [date(2026, 5, 1), date(2026, 5, 2)]


def test_what_is_not_given_is_the_last_thirty_days_of_that_place() -> None:
    late = datetime.fromisoformat("2026-05-14T23:30:00Z")

    assert Period.of(None, None, "UTC", late).last == date(2026, 5, 14)
    period = Period.of(None, None, "Europe/Berlin", late)
    assert (period.first, period.last, len(period.days)) == (date(2026, 4, 16), date(2026, 5, 15), 30)
    assert Period.of(None, date(2026, 1, 30), "UTC", late).first == date(2026, 1, 1)


def test_a_report_is_about_366_days_at_the_most() -> None:
    assert len(Period.of(date(2024, 1, 1), date(2024, 12, 31), "UTC", NOON).days) == 366
    with pytest.raises(Unprocessable, match="366"):
        Period.of(date(2023, 12, 31), date(2024, 12, 31), "UTC", NOON)


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
def test_a_period_that_makes_no_sense_is_refused(
    first: date | None, last: date | None, timezone: str, field: str
) -> None:
    with pytest.raises(Unprocessable) as caught:
        Period.of(first, last, timezone, NOON)
    assert [wrong.field for wrong in caught.value.errors] == [field]


@given(st.dates(), st.dates(), zones)
def test_any_other_period_can_be_counted(first: date, last: date, zone: ZoneInfo) -> None:
    try:
        period = Period.of(first, last, zone.key, NOON)
    except Unprocessable:
        return
    assert period.start < period.end
    period.number_of_day("$at")
