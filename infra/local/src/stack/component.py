"""The parts of a stack: components, which keep running, and steps, which run once during the start."""

import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


async def _noop() -> None:
    return


async def _not_stuck() -> None:
    return None


@dataclass(frozen=True)
class Component:
    """A program that the supervisor keeps running."""

    name: str
    port: int
    command: Sequence[str]
    ready: Callable[[], Awaitable[None]]
    """Returns once the started program can be used. The caller watches time and process."""
    prepare: Callable[[], Awaitable[None]] = _noop
    """Runs before each start: writes configuration, installs what is missing. Idempotent."""
    find_stuck: Callable[[], Awaitable[str | None]] = _not_stuck
    """Why the ready program must be restarted, if it is in a state that it does not leave by itself. Called every few
    seconds."""
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    needs: Sequence[str] = ()
    """Components and steps that must be ready before the first start."""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_grace: float = 10.0
    """Seconds between the stop signal and SIGKILL."""
    death_signal: signal.Signals = signal.SIGKILL
    """The kernel sends it when the supervisor is killed."""
    ready_within: float = 110.0
    """Limit of the first start, in seconds."""


@dataclass(frozen=True)
class Step:
    """An action that runs once while the stack starts."""

    name: str
    run: Callable[[], Awaitable[None]]
    needs: Sequence[str] = ()
    required: bool = True
    """Whether its failure stops the stack."""


@dataclass(frozen=True)
class Topology:
    """Components start in the order of their needs, and stop layer by layer, the last layer first."""

    layers: Sequence[Sequence[Component]]
    steps: Sequence[Step] = ()

    @property
    def components(self) -> list[Component]:
        return [component for layer in self.layers for component in layer]
