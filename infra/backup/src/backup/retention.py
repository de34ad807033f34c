"""Which backups are kept. Pure: file names in, file names out."""

from collections.abc import Iterable
from datetime import UTC, datetime

DAYS, MONTHS = 30, 12
_FORMAT = "helpdesk-%Y%m%dT%H%M%SZ.tar.age"


def file_name(taken_at: datetime) -> str:
    """For example `helpdesk-20261121T031500Z.tar.age`."""
    return taken_at.astimezone(UTC).strftime(_FORMAT)


def parse_time(name: str) -> datetime | None:
    """None for a file that is not a backup."""
    try:
        return datetime.strptime(name, _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def expired_backups(names: Iterable[str]) -> list[str]:
    """All but the newest backup of each of the last 30 days and of the last 12 months, oldest first.

    Only days and months with a backup count, so that none is deleted while new backups fail.
    """
    backups = sorted(((time, name) for name in names if (time := parse_time(name))), reverse=True)
    kept: set[str] = set()
    for period, limit in (("%Y%m%d", DAYS), ("%Y%m", MONTHS)):
        newest: dict[str, str] = {}
        for time, name in backups:
            newest.setdefault(time.strftime(period), name)
        kept |= set(list(newest.values())[:limit])
    return [name for _, name in reversed(backups) if name not in kept]
