"""Which backups are kept. Pure: names and times in, names out."""

from collections.abc import Iterable
from datetime import UTC, datetime

DAYS, MONTHS = 30, 12
PREFIX, SUFFIX = "helpdesk-", ".tar.age"
_FORMAT = "%Y%m%dT%H%M%SZ"


def name_of(at: datetime) -> str:
    """`helpdesk-20261121T031500Z.tar.age`."""
    return f"{PREFIX}{at.astimezone(UTC).strftime(_FORMAT)}{SUFFIX}"


def time_of(name: str) -> datetime | None:
    """When a backup was taken; None for a file that is none."""
    if not (name.startswith(PREFIX) and name.endswith(SUFFIX)):
        return None
    try:
        return datetime.strptime(name[len(PREFIX) : -len(SUFFIX)], _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def superfluous(names: Iterable[str]) -> list[str]:
    """Those to remove, oldest first: all but the newest of each of the last 30 days, and of the last 12 months.

    Counted are days and months with a backup, not those of the calendar: when backups fail for a month, none is removed
    for its age alone.
    """
    backups = sorted(((time, name) for name in names if (time := time_of(name))), reverse=True)
    kept: set[str] = set()
    for form, limit in (("%Y%m%d", DAYS), ("%Y%m", MONTHS)):
        newest: dict[str, str] = {}
        for time, name in backups:
            newest.setdefault(time.strftime(form), name)
        kept |= set(list(newest.values())[:limit])
    return [name for _, name in reversed(backups) if name not in kept]
