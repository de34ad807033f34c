"""A benchmark case: two or three variants that are measured on the same servers in turn."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bench.dataset import Dataset
from bench.environment import Environment
from bench.measurement import Round

HELPDESK, BASELINE, NO_OP = "helpdesk", "baseline", "no-op"

RunRound = Callable[[], Awaitable[Mapping[str, Round]]]
"""Measures one round of each variant. The report compares the first two."""


@dataclass(frozen=True)
class RunConfig:
    """`seconds` and `mails` are per round and variant."""

    rounds: int
    seconds: float
    warm_up: float
    connections: int
    mails: int


CaseFactory = Callable[[Environment, Dataset, RunConfig], Awaitable[RunRound]]


def measure_in_turn(variants: Mapping[str, Callable[[], Awaitable[Round]]]) -> RunRound:
    """Measures the variants one after another."""

    async def run_round() -> Mapping[str, Round]:
        return {variant: await measure() for variant, measure in variants.items()}

    return run_round
