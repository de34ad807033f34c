"""Runs one component: starts it, watches it, restarts it when it exits or is stuck."""

import asyncio
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from stack import processes
from stack.backoff import RestartBackoff
from stack.component import Component
from stack.console import Console
from stack.errors import ComponentFailed, StackError
from stack.processes import Process

_MAX_FIRST_STARTS = 5
_WATCH_SECONDS = 3.0


class State(StrEnum):
    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class ComponentRunner:
    """Keeps a component running from start() to stop().

    A component that has never been ready fails when it keeps exiting or is not ready in time: `wait_until_ready` raises
    ComponentFailed. Once it has been ready, it is restarted forever.
    """

    def __init__(self, component: Component, *, log: Path, console: Console, changed: Callable[[], None]) -> None:
        self.component = component
        self.state = State.WAITING
        self.process: Process | None = None
        self.restarts = 0
        self._log = log
        self._console = console
        self._changed = changed
        self._ready = asyncio.Event()
        self._ever_ready = False
        self._was_ready = False
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self.component.name

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.running else None

    def start(self) -> None:
        """Does nothing if it is already started."""
        if self._task is None or self._task.done():
            self.state = State.STARTING
            self._task = asyncio.create_task(self._run_forever(), name=f"run {self.name}")

    async def wait_until_ready(self) -> None:
        """Raises ComponentFailed if it fails or is stopped first."""
        ready = asyncio.create_task(self._ready.wait())
        watched = [ready, *([self._task] if self._task else [])]
        await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
        if ready.done():
            return
        ready.cancel()
        if self._task and self._task.done() and not self._task.cancelled():
            self._task.result()
        raise ComponentFailed(f"{self.name} was stopped before it was ready.")

    async def stop(self) -> None:
        """Stops it gracefully; it stays down. Does nothing if it is down."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
        if self.process is not None and self.process.running:
            self._enter(State.STOPPING)
            await self.process.stop(self.component.stop_signal, self.component.stop_grace)
            self._console.progress(self.name, "stopped")
        self._enter(State.STOPPED)

    def kill(self) -> None:
        """Sends SIGKILL to its process group. A started component is restarted, as after any exit."""
        if self.process is not None:
            self.process.kill()

    async def _run_forever(self) -> None:
        backoff = RestartBackoff()
        starts = 0
        while True:
            self._was_ready = False
            try:
                reason = await self._run_once()
            except (OSError, StackError) as error:
                if not self._ever_ready:
                    self._fail(f"{self.name} cannot be started: {error}")
                reason = str(error)
                await self._kill_and_wait()
            if self._ever_ready:
                self.restarts += 1
            else:
                starts += 1
            if not self._ever_ready and starts == _MAX_FIRST_STARTS:
                self._fail(f"{self.name} exited {starts} times while starting ({reason}); {self._last_log_line()}")
            delay = backoff.next_delay(was_ready=self._was_ready)
            self._enter(State.RESTARTING)
            self._console.problem(self.name, f"exited ({reason}), restarting{f' in {delay:g} s' if delay else ''}")
            await asyncio.sleep(delay)

    async def _run_once(self) -> str:
        """From start to exit; returns the reason of the exit."""
        began = time.monotonic()
        self._enter(State.STARTING)
        self._console.progress(self.name, "starting")
        await self.component.prepare()
        self.process = process = await processes.spawn(
            self.component.command,
            log=self._log,
            environment=self.component.environment,
            directory=self.component.directory,
            death_signal=self.component.death_signal,
        )
        self._changed()
        exited = asyncio.create_task(process.wait())
        getting_ready = asyncio.ensure_future(self.component.ready())
        try:
            limit = None if self._ever_ready else self.component.ready_within
            await asyncio.wait({exited, getting_ready}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not exited.done():
                if not getting_ready.done():
                    raise ComponentFailed(f"not ready after {limit:g} s; {self._last_log_line()}")
                getting_ready.result()
                self._ever_ready = self._was_ready = True
                self._enter(State.READY)
                self._console.success(self.name, f"ready in {time.monotonic() - began:.1f} s")
                if reason := await self._find_stuck_until(exited):
                    await process.stop(self.component.stop_signal, self.component.stop_grace)
                    return f"stopped: {reason}"
            return processes.exit_reason(await exited)
        finally:
            getting_ready.cancel()
            exited.cancel()
            await asyncio.gather(getting_ready, exited, return_exceptions=True)

    async def _find_stuck_until(self, exited: asyncio.Task[int]) -> str | None:
        """Why the component must be restarted; None once it has exited."""
        while True:
            await asyncio.wait({exited}, timeout=_WATCH_SECONDS)
            if exited.done():
                return None
            if reason := await self.component.find_stuck():
                return reason

    def _enter(self, state: State) -> None:
        self.state = state
        if state is State.READY:
            self._ready.set()
        else:
            self._ready.clear()
        self._changed()

    def _fail(self, why: str) -> NoReturn:
        self._enter(State.FAILED)
        raise ComponentFailed(f"{why}.")

    def _last_log_line(self) -> str:
        return f"last line of {self._log}: {processes.last_line(self._log)}"

    async def _kill_and_wait(self) -> None:
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
