"""Starts the whole stack, keeps it running, and stops it."""

import asyncio
import signal
import time
from collections.abc import Callable, Sequence

from stack.component import Step, Topology
from stack.component_runner import ComponentRunner
from stack.console import Console
from stack.errors import StackError, StepFailed
from stack.paths import Paths
from stack.processes import rotate


class Supervisor:
    """`run()` returns after a stop signal, when every process has exited."""

    def __init__(self, topology: Topology, *, paths: Paths, console: Console) -> None:
        self.runners: dict[str, ComponentRunner] = {}
        self._topology = topology
        self._console = console
        self._stopping = asyncio.Event()
        self._ready = False
        self._done_events = {name: asyncio.Event() for name in _names(topology)}
        self._on_change: Callable[[], None] = lambda: None
        for component in topology.components:
            log = paths.log_file(component.name)
            rotate(log)
            self.runners[component.name] = ComponentRunner(component, log=log, console=console, changed=self._changed)

    async def run(self, *, ready: Callable[[], None], changed: Callable[[], None]) -> None:
        """Calls `ready` once the stack is up, and from then on `changed` whenever a component's process or state
        changes. Raises StackError, after stopping everything, when the stack cannot be started."""
        self._on_change = changed
        self._handle_signals()
        starting = asyncio.create_task(self._start_all())
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                starting.result()
                self._ready = True
                ready()
                await stopping
        finally:
            self._ready = False
            starting.cancel()
            stopping.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
            await self._stop_all()

    def stop(self) -> None:
        """Makes run() stop everything gracefully; called again, it kills all components."""
        if self._stopping.is_set():
            for runner in self.runners.values():
                runner.kill()
        self._stopping.set()

    def runner(self, name: str) -> ComponentRunner:
        """Raises StackError for an unknown name."""
        if name not in self.runners:
            raise StackError(f"There is no component {name}; the components are {', '.join(self.runners)}.")
        return self.runners[name]

    async def _start_all(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                for runner in self.runners.values():
                    group.create_task(self._start_component(runner))
                for step in self._topology.steps:
                    group.create_task(self._run_step(step))
        except* StackError as several:
            # The first error is the cause; the others follow from it.
            raise _first(several) from None

    async def _start_component(self, runner: ComponentRunner) -> None:
        await self._wait_for(runner.component.needs)
        runner.start()
        await runner.wait_until_ready()
        self._done_events[runner.name].set()

    async def _run_step(self, step: Step) -> None:
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
            self._console.success(step.name, f"done in {time.monotonic() - began:.1f} s")
        self._done_events[step.name].set()

    async def _wait_for(self, names: Sequence[str]) -> None:
        for name in names:
            await self._done_events[name].wait()

    async def _stop_all(self) -> None:
        for layer in reversed(self._topology.layers):
            await asyncio.gather(*(self.runners[component.name].stop() for component in layer))

    def _handle_signals(self) -> None:
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
