"""What a case is: two or three sides that take turns on the same servers."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bench.desk import Desk
from bench.ground import Ground
from bench.measure import Round

OURS, BARE, NO_OP = "ours", "bare", "no-op"

Turn = Callable[[], Awaitable[Round]]


@dataclass(frozen=True)
class Effort:
    """How much is measured. Seconds and mails are of one round of one side."""

    rounds: int
    seconds: float
    warm_up: float
    connections: int
    mails: int


@dataclass(frozen=True)
class Case:
    """`sides` in the order they take turns; the first is ours, the second the bare limit. Where they are to be `alike`,
    both are ours, and the question is whether they can be told apart."""

    name: str
    title: str
    sides: Mapping[str, Turn]
    alike: bool = False


Make = Callable[[Ground, Desk, Effort], Awaitable[Case]]
