"""Brings the whole stack up, keeps it up, and takes all of it down again."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence

from stack.component import Step, Topology
from stack.console import Console
from stack.errors import StackError, StepFailed
from stack.keeper import Keeper
from stack.places import Places
from stack.processes import rotate


class Supervisor:
    """`run()` is the life of the stack: it returns after a stop signal, when nothing runs any more.

    `changed` is called, once the stack is ready, whenever a component's process or state changed.
    """

    def __init__(self, topology: Topology, *, places: Places, console: Console) -> None:
        self.keepers: dict[str, Keeper] = {}
        self._topology = topology
        self._console = console
        self._stopping = asyncio.Event()
        self._ready = False
        self._done = {name: asyncio.Event() for name in _names(topology)}
        self._on_change: Callable[[], None] = lambda: None
        for component in topology.components:
            log = places.log_of(component.name)
            rotate(log)
            self.keepers[component.name] = Keeper(component, log=log, console=console, changed=self._changed)

    async def run(self, *, ready: Callable[[], None], changed: Callable[[], None]) -> None:
        """Raises StackError, after stopping everything, when the stack cannot be brought up."""
        self._on_change = changed
        self._listen_to_signals()
        coming_up = asyncio.create_task(self._come_up())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({coming_up, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if coming_up.done():
                coming_up.result()
                self._ready = True
                ready()
                await stopping
        finally:
            self._ready = False
            coming_up.cancel()
            stopping.cancel()
            await asyncio.gather(coming_up, stopping, return_exceptions=True)
            await self._go_down()

    def stop(self) -> None:
        """Ask run() to take everything down; asked a second time, without further patience."""
        if self._stopping.is_set():
            for keeper in self.keepers.values():
                keeper.kill()
        self._stopping.set()

    def keeper(self, name: str) -> Keeper:
        """Raises StackError, naming what there is, if there is no such component."""
        if name not in self.keepers:
            raise StackError(f"There is no component {name}; there are {', '.join(self.keepers)}.")
        return self.keepers[name]

    async def _come_up(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for keeper in self.keepers.values():
                    group.create_task(self._start_in_turn(keeper))
                for step in self._topology.steps:
                    group.create_task(self._run_in_turn(step))
        except* StackError as several:
            # The first one is the cause; the others are its consequences.
            raise _first(several) from None

    async def _start_in_turn(self, keeper: Keeper) -> None:
        await self._wait_for(keeper.component.needs)
        keeper.start()
        await keeper.until_ready()
        self._done[keeper.name].set()

    async def _run_in_turn(self, step: Step) -> None:
        await self._wait_for(step.needs)
        began = time.monotonic()
        self._console.progress(step.name, "starting")
        try:
            await step.run()
        except StackError as error:
            if step.required:
                raise StepFailed(f"{step.name} failed: {error}") from error
            self._console.problem(step.name, f"failed, the stack runs without it: {error}")
        else:
            self._console.good(step.name, f"done in {time.monotonic() - began:.1f} s")
        self._done[step.name].set()

    async def _wait_for(self, names: Sequence[str]) -> None:
        for name in names:
            await self._done[name].wait()

    async def _go_down(self) -> None:
        for layer in reversed(self._topology.layers):
            await asyncio.gather(*(self.keepers[component.name].stop() for component in layer))

    def _listen_to_signals(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                loop.add_signal_handler(number, self.stop)

    def _changed(self) -> None:
        if self._ready:
            self._on_change()


def _names(topology: Topology) -> list[str]:
    return [component.name for component in topology.components] + [step.name for step in topology.steps]


def _first(group: BaseExceptionGroup[StackError]) -> StackError:
    found = group.exceptions[0]
    return _first(found) if isinstance(found, BaseExceptionGroup) else found
