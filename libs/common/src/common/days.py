"""A calendar day without a time zone: a `date` in code, `YYYY-MM-DD` on the wire, in MongoDB and in exports."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _iso_day(value: object) -> object:
    """Refuses numbers, times and shorter notations, which pydantic would convert to a date."""
    match value:
        case str() if _DAY.fullmatch(value):
            return value
        case date() if not isinstance(value, datetime):
            return value
    raise ValueError("Use a day in the form YYYY-MM-DD.")


Day = Annotated[date, BeforeValidator(_iso_day)]
"""`common.mongo` stores and queries days as text, which sorts as they do."""
