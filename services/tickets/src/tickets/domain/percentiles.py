"""Exact percentiles from the few values around them, so that MongoDB returns no others.

A percentile between two values is interpolated (type 7 of Hyndman and Fan 1996, as in most spreadsheets): the median of
an even number of values is the mean of the middle two.
"""

from collections.abc import Mapping
from typing import Any

MEDIAN, NINETIETH = 5, 9
"""In tenths, so that ranks are computed in whole numbers."""


def ranks(tenths: int, total: int) -> tuple[int, int, float]:
    """The ranks, from 0, of the two values around a percentile of `total` sorted ones, and the fraction between them,
    from 0 to 1."""
    below, rest = divmod((total - 1) * tenths, 10)
    return below, below + (rest > 0), rest / 10


def percentile(tenths: int, total: int, values: Mapping[int, float]) -> float:
    """From the values at its ranks."""
    below, above, fraction = ranks(tenths, total)
    return values[below] + (values[above] - values[below]) * fraction


def is_rank_needed(rank: str, total: str) -> dict[str, Any]:
    """Whether a percentile needs the value at a rank, as a MongoDB expression over the two fields."""
    last = {"$subtract": [total, 1]}
    exact = [{"$divide": [{"$multiply": [last, tenths]}, 10]} for tenths in (MEDIAN, NINETIETH)]
    return {"$or": [{"$lt": [{"$abs": {"$subtract": [rank, at]}}, 1]} for at in exact]}
