"""All times are UTC in whole milliseconds, so what is read back from MongoDB is what was written."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from common import clock

offsets = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
times = st.datetimes(datetime(1971, 1, 1), datetime(9990, 1, 1), timezones=offsets)  # noqa: DTZ001 - the zone is given beside it


def test_now_is_in_utc_and_has_no_part_of_a_millisecond() -> None:
    seen = [clock.now() for _ in range(50)]
    assert all(at.tzinfo is UTC and at.microsecond % 1000 == 0 for at in seen)


@given(times)
def test_truncating_drops_less_than_a_millisecond_and_nothing_the_second_time(at: datetime) -> None:
    cut = clock.truncated(at)
    assert timedelta(0) <= at - cut < clock.MILLISECOND
    assert clock.truncated(cut) == cut


@given(times)
def test_a_written_time_reads_back_as_the_same_moment(at: datetime) -> None:
    written = clock.rfc3339(at)
    assert len(written) == len("2026-11-21T09:30:00.125Z")
    assert written.endswith("Z")
    assert datetime.fromisoformat(written) == clock.truncated(at)


def test_a_time_is_written_in_utc_whatever_its_zone() -> None:
    at = datetime(2026, 11, 21, 10, 30, 0, 125_999, tzinfo=timezone(timedelta(hours=1)))
    assert clock.rfc3339(at) == "2026-11-21T09:30:00.125Z"
