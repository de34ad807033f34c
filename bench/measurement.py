"""The figures of one round, and their summary over several rounds. Pure."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import nan
from statistics import median


@dataclass(frozen=True)
class Round:
    """One round of one variant. `latencies` are in ms. `seconds` is None where requests are sent one at a time, so that
    a rate has no meaning."""

    latencies: list[float]
    seconds: float | None = None
    errors: Counter[str] = field(default_factory=Counter)
    cpu: dict[str, float] = field(default_factory=dict)
    """Process name -> CPU ms per response, including the work that the requests caused later."""
    client_cpu_share: float | None = None
    """CPU of the load generator, as a share of one core."""
    drain_seconds: float | None = None
    """Time from the last response until all events and mails were processed."""
    background_rate: float | None = None
    """Tickets per second that were opened at the same time."""

    @property
    def rate(self) -> float:
        """Expected responses per second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """By nearest rank. NaN without latencies."""
        ranked = sorted(self.latencies)
        return ranked[min(int(share * len(ranked)), len(ranked) - 1)] if ranked else nan


@dataclass(frozen=True)
class Summary:
    """A metric over the rounds, with the extremes. `value` is the median of the rounds. For one-at-a-time rounds, which
    are too short for a p95 of their own, it is the metric of all latencies together."""

    value: float
    low: float
    high: float


Metric = Callable[[Round], float]

METRICS: dict[str, Metric] = {
    "rate": lambda each: each.rate,
    "p50": lambda each: each.percentile(0.50),
    "p95": lambda each: each.percentile(0.95),
    "p99": lambda each: each.percentile(0.99),
    "cpu_ms": lambda each: sum(each.cpu.values()),
}
"""Responses per second; ms; ms; ms; CPU ms per response of all processes."""


def summarize(rounds: Sequence[Round], metric: Metric) -> Summary:
    values = [metric(each) for each in rounds]
    if any(each.seconds is None for each in rounds):
        value = metric(Round(latencies=pool_latencies(rounds)))
    else:
        value = median(values)
    return Summary(value, min(values), max(values))


def summarize_ratio(rounds: Sequence[Round], baseline: Sequence[Round], metric: Metric) -> Summary:
    """Value over value. The extremes are those of pairs of rounds, which see the same noise."""
    ratios = [_divide(metric(one), metric(other)) for one, other in zip(rounds, baseline, strict=True)]
    value = _divide(summarize(rounds, metric).value, summarize(baseline, metric).value)
    return Summary(value, min(ratios), max(ratios))


def pool_latencies(rounds: Sequence[Round]) -> list[float]:
    return [latency for each in rounds for latency in each.latencies]


def _divide(one: float, other: float) -> float:
    return one / other if other else nan
