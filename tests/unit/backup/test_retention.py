"""30 daily and 12 monthly backups are kept, whatever happened in between."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backup.retention import DAYS, MONTHS, name_of, superfluous, time_of

TIMES = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WHOLE_SECONDS = TIMES.map(lambda time: time.replace(microsecond=0))


def test_after_three_years_of_nightly_backups_there_are_30_days_and_12_months() -> None:
    nights = [datetime(2024, 1, 1, 2, 15, tzinfo=UTC) + timedelta(days=day) for day in range(3 * 365)]
    names = [name_of(night) for night in nights]
    kept = sorted(set(names) - set(superfluous(names)))
    assert kept[-30:] == names[-30:]
    # The last 30 days are all of December, whose newest night stands for the month too.
    assert len(kept) == 30 + 11
    assert kept[0] == name_of(datetime(2026, 1, 31, 2, 15, tzinfo=UTC))


@given(st.sets(WHOLE_SECONDS, max_size=60))
def test_the_newest_backup_is_always_kept_and_pruning_twice_removes_nothing_more(times: set[datetime]) -> None:
    names = {name_of(time) for time in times}
    left = names - set(superfluous(names))
    assert superfluous(left) == []
    assert len(left) <= DAYS + MONTHS
    if times:
        assert name_of(max(times)) in left


@given(st.sets(WHOLE_SECONDS, min_size=1, max_size=60))
def test_each_day_that_is_kept_keeps_its_newest(times: set[datetime]) -> None:
    names = {name_of(time) for time in times}
    gone = set(superfluous(names))
    days = sorted({time.date() for time in times}, reverse=True)[:DAYS]
    for day in days:
        assert name_of(max(time for time in times if time.date() == day)) not in gone


@given(WHOLE_SECONDS)
def test_a_name_says_when(time: datetime) -> None:
    assert time_of(name_of(time)) == time


def test_other_files_are_left_alone() -> None:
    assert superfluous(["notes.txt", "helpdesk-yesterday.tar.age", "lost+found"]) == []
