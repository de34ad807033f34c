"""30 daily and 12 monthly backups are kept, however irregular they are."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backup.retention import DAYS, MONTHS, expired_backups, file_name, parse_time

TIMES = st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
WHOLE_SECONDS = TIMES.map(lambda time: time.replace(microsecond=0))


def test_after_three_years_of_nightly_backups_there_are_30_days_and_12_months() -> None:
    nights = [datetime(2024, 1, 1, 2, 15, tzinfo=UTC) + timedelta(days=day) for day in range(3 * 365)]
    names = [file_name(night) for night in nights]
    kept = sorted(set(names) - set(expired_backups(names)))
    assert kept[-30:] == names[-30:]
    # The last 30 days are in December, so the newest of them is also the backup of the month.
    assert len(kept) == 30 + 11
    assert kept[0] == file_name(datetime(2026, 1, 31, 2, 15, tzinfo=UTC))


@given(st.sets(WHOLE_SECONDS, max_size=60))
def test_the_newest_backup_is_always_kept_and_a_second_run_deletes_nothing(times: set[datetime]) -> None:
    names = {file_name(time) for time in times}
    left = names - set(expired_backups(names))
    assert expired_backups(left) == []
    assert len(left) <= DAYS + MONTHS
    if times:
        assert file_name(max(times)) in left


@given(st.sets(WHOLE_SECONDS, min_size=1, max_size=60))
def test_the_newest_backup_of_each_kept_day_is_kept(times: set[datetime]) -> None:
    names = {file_name(time) for time in times}
    gone = set(expired_backups(names))
    days = sorted({time.date() for time in times}, reverse=True)[:DAYS]
    for day in days:
        assert file_name(max(time for time in times if time.date() == day)) not in gone


@given(WHOLE_SECONDS)
def test_a_file_name_contains_the_time(time: datetime) -> None:
    assert parse_time(file_name(time)) == time


def test_other_files_are_not_deleted() -> None:
    assert expired_backups(["notes.txt", "helpdesk-yesterday.tar.age", "lost+found"]) == []
