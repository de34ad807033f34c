"""Percentiles of durations: exact, and with nearly all values left where they are. Pure.

Between two values a percentile is interpolated (type 7 of Hyndman and Fan 1996, as in most spreadsheets), so the median
of an even number of values is the mean of the two in the middle.
"""

from collections.abc import Mapping
from typing import Any

MEDIAN, NINETIETH = 5, 9
"""In tenths, so that places are found in whole numbers."""


def places(tenths: int, total: int) -> tuple[int, int, float]:
    """The places, from 0, of the two values around a percentile of `total` sorted ones, and how far it is from the
    first to the second, from 0 to 1."""
    below, rest = divmod((total - 1) * tenths, 10)
    return below, below + (rest > 0), rest / 10


def percentile(tenths: int, total: int, values: Mapping[int, float]) -> float:
    """From the values at its places."""
    below, above, way = places(tenths, total)
    return values[below] + (values[above] - values[below]) * way


def places_needed(place: str, total: str) -> dict[str, Any]:
    """Whether the value at that place is needed for one of them, as a MongoDB expression over the two fields."""
    last = {"$subtract": [total, 1]}
    exact = [{"$divide": [{"$multiply": [last, tenths]}, 10]} for tenths in (MEDIAN, NINETIETH)]
    return {"$or": [{"$lt": [{"$abs": {"$subtract": [place, at]}}, 1]} for at in exact]}
