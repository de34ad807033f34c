"""Points in time as others send them."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def to_utc(at: datetime) -> datetime:
    """The same time in UTC. Raises ValueError where the calendar of UTC does not have it."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError("The time is outside the years 1 to 9999 of UTC.") from None


UtcTime = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""A time with an offset, converted to UTC: MongoDB and `datetime` fail at one that UTC does not have."""
