"""The clock: UTC, in whole milliseconds."""

from datetime import UTC, datetime, timedelta

MILLISECOND = timedelta(milliseconds=1)


def now() -> datetime:
    """The current time in UTC, truncated to milliseconds, the precision of MongoDB."""
    return truncated(datetime.now(UTC))


def truncated(at: datetime) -> datetime:
    """`at` in the precision of MongoDB."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


def rfc3339(at: datetime) -> str:
    """RFC 3339 in UTC with milliseconds and `Z`, e.g. `2026-11-21T09:30:00.125Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
