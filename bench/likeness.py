"""Whether two lots of latencies can be told apart. Pure."""

import bisect
import math
from collections.abc import Sequence

_NINETEEN_IN_TWENTY = 1.358
"""The two-sample Kolmogorov-Smirnov test's constant for 5 %."""


def distance(one: Sequence[float], other: Sequence[float]) -> float:
    """The largest difference, over all times, between the shares of answers that took no longer (Kolmogorov and
    Smirnov): 0 where the lots are alike, 1 where no two of them overlap. Not a number where one is empty."""
    if not one or not other:
        return math.nan
    first, second = sorted(one), sorted(other)
    return max(abs(_share(first, at) - _share(second, at)) for at in {*first, *second})


def by_chance(one: Sequence[float], other: Sequence[float]) -> float:
    """The distance that two lots of these sizes from one and the same source stay within in 19 of 20 cases."""
    if not one or not other:
        return math.nan
    return _NINETEEN_IN_TWENTY * math.sqrt((len(one) + len(other)) / (len(one) * len(other)))


def statement(one: Sequence[float], other: Sequence[float]) -> str:
    """What the time of one answer tells, in a sentence."""
    found, chance = distance(one, other), by_chance(one, other)
    verdict = "no usable difference" if found <= chance else "MORE THAN CHANCE: look into it"
    return (
        f"told apart by the time of one answer: right in {_guessed(found)} of the cases at best, where guessing is "
        f"right in 50.0 % and chance alone, with {len(one)} and {len(other)} answers, shows up to {_guessed(chance)}: "
        f"{verdict}"
    )


def _guessed(distance: float) -> str:
    """How often the best threshold is right, where both are equally likely."""
    return f"{50 + 50 * distance:.1f} %"


def _share(ordered: Sequence[float], at: float) -> float:
    return bisect.bisect_right(ordered, at) / len(ordered)
