"""Two-sample Kolmogorov–Smirnov test on latencies. Pure."""

import math
from bisect import bisect_right
from collections.abc import Sequence


def ks_statistic(first: Sequence[float], second: Sequence[float]) -> float:
    """The largest distance between the two empirical distribution functions: 0 for equal samples, 1 for samples that do
    not overlap. Neither sample may be empty."""
    a, b = sorted(first), sorted(second)
    return max(abs(bisect_right(a, x) / len(a) - bisect_right(b, x) / len(b)) for x in {*a, *b})


def critical_value(first: int, second: int) -> float:
    """The distance that samples of these sizes from one distribution exceed in 5 % of cases (asymptotic formula)."""
    return 1.358 * math.sqrt((first + second) / (first * second))


def describe_leak(first: Sequence[float], second: Sequence[float]) -> str:
    """How well the latency of one response classifies it, in a sentence."""
    if not first or not second:
        return "timing leak: no responses to compare"
    distance, critical = ks_statistic(first, second), critical_value(len(first), len(second))
    verdict = "no significant difference" if distance <= critical else "SIGNIFICANT DIFFERENCE, investigate it"
    # With equally likely classes, the best threshold is right in half of the cases plus half the distance.
    return (
        f"timing leak: the best threshold classifies {50 + 50 * distance:.1f} % of responses, guessing 50.0 %; "
        f"the 5 % critical value for {len(first)} and {len(second)} responses is {50 + 50 * critical:.1f} %: {verdict}"
    )
