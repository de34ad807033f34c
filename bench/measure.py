"""Rounds, and what can be said of several of them. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(frozen=True)
class Round:
    """One side's turn. `latencies` in ms; `seconds` is None where the rate means nothing (one at a time)."""

    latencies: list[float]
    seconds: float | None = None
    errors: dict[str, int] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)
    """Process -> its processor time per request, ms: of all requests answered, and for all that they caused."""
    client_busy: float | None = None
    """Share of one core that the load generator itself used."""
    settled_after: float | None = None
    """Seconds until everything the round caused was done."""
    body_bytes: int | None = None
    beside: float | None = None
    """Tickets a second that were opened beside it."""

    @property
    def rate(self) -> float:
        """Expected answers per second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0

    @property
    def cpu_ms(self) -> float:
        """Of all processes together, per request."""
        return sum(self.cpu.values())

    def quantile(self, share: float) -> float:
        """By nearest rank: a latency that occurred. Not a number where nothing was answered."""
        if not self.latencies:
            return float("nan")
        ranked = sorted(self.latencies)
        return ranked[min(int(share * len(ranked)), len(ranked) - 1)]


@dataclass(frozen=True)
class Spread:
    """Of one figure over the rounds: `middle`, and the extremes. `middle` is the median of the rounds; where a round
    has only a few latencies, it is the figure of all of them together, since few can not have a p95."""

    middle: float
    low: float
    high: float


Figure = Callable[[Round], float]

FIGURES: dict[str, Figure] = {
    "rate": lambda each: each.rate,
    "p50": lambda each: each.quantile(0.50),
    "p95": lambda each: each.quantile(0.95),
    "p99": lambda each: each.quantile(0.99),
    "cpu_ms": lambda each: each.cpu_ms,
}
"""Requests per second; ms; ms; ms; ms of processor time per request."""


def spread(rounds: Sequence[Round], figure: Figure) -> Spread:
    values = [figure(each) for each in rounds]
    few = any(each.seconds is None for each in rounds)
    return Spread(figure(_together(rounds)) if few else median(values), min(values), max(values))


def ratio(ours: Sequence[Round], bare: Sequence[Round], figure: Figure) -> Spread:
    """Middle over middle; low and high are the extremes of the rounds taken in pairs, which the same noise hit."""
    pairs = [_over(figure(our), figure(its)) for our, its in zip(ours, bare, strict=True)]
    of_middles = _over(spread(ours, figure).middle, spread(bare, figure).middle)
    return Spread(of_middles, min(pairs), max(pairs))


def _together(rounds: Sequence[Round]) -> Round:
    return Round(latencies=[latency for each in rounds for latency in each.latencies])


def _over(one: float, other: float) -> float:
    return one / other if other else float("nan")
