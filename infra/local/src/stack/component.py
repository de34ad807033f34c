"""What the stack is made of: components that run for good, and steps that run once on the way up."""

import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


async def nothing() -> None:
    """The preparation of a component that needs none."""


@dataclass(frozen=True)
class Component:
    """A program that is kept running."""

    name: str
    port: int
    command: Sequence[str]
    ready: Callable[[], Awaitable[None]]
    """Returns once the freshly started program can be used; need not watch the clock or the process."""
    prepare: Callable[[], Awaitable[None]] = nothing
    """Before each start: write configuration, install what is missing. Done again it changes nothing."""
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    needs: Sequence[str] = ()
    """Components and steps that must be ready before this one is first started."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_grace: float = 10.0
    """Seconds between the stop signal and SIGKILL."""
    death_signal: signal.Signals = signal.SIGKILL
    """What the kernel sends it when the supervisor itself is killed."""
    ready_within: float = 110.0
    """Seconds it may take to become ready at its first start."""


@dataclass(frozen=True)
class Step:
    """Something done once while the stack comes up."""

    name: str
    run: Callable[[], Awaitable[None]]
    needs: Sequence[str] = ()
    required: bool = True
    """Whether the stack is of no use without it."""


@dataclass(frozen=True)
class Topology:
    """The whole stack. Started by what needs what; stopped layer by layer, the last layer first."""

    layers: Sequence[Sequence[Component]]
    steps: Sequence[Step] = ()

    @property
    def components(self) -> list[Component]:
        return [component for layer in self.layers for component in layer]
