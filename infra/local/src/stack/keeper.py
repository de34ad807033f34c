"""One component kept running: started, watched, restarted when it dies."""

import asyncio
import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

from stack import processes
from stack.component import Component
from stack.console import Console
from stack.errors import ComponentFailed, StackError
from stack.processes import Process
from stack.restarts import RestartDelays

_FIRST_START_TRIES = 5


class State(StrEnum):
    WAITING = "waiting"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"


class Keeper:
    """Holds a component up from start() to stop().

    Before it has ever been ready, a component that keeps dying or does not get ready in its time has failed and
    until_ready() raises ComponentFailed. After that it is restarted for as long as it takes.
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
        self._proven = False
        self._was_ready = False
        self._task: asyncio.Task[None] | None = None

    @property
    def name(self) -> str:
        return self.component.name

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process and self.process.running else None

    def start(self) -> None:
        """Begin keeping it up; nothing happens if that is already so."""
        if self._task is None or self._task.done():
            self.state = State.STARTING
            self._task = asyncio.create_task(self._keep(), name=f"keep {self.name}")

    async def until_ready(self) -> None:
        """Return when it is ready. Raises ComponentFailed if it will not be, or was stopped instead."""
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
        """Take it down gracefully and leave it down; nothing happens if it is down."""
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
        """SIGKILL it with all its group, now. If it is being kept up, it is restarted as after any death."""
        if self.process is not None:
            self.process.kill()

    async def _keep(self) -> None:
        delays = RestartDelays()
        tries = 0
        while True:
            self._was_ready = False
            try:
                death = await self._one_life()
            except (OSError, StackError) as error:
                if not self._proven:
                    self._fail(f"{self.name} cannot be started: {error}")
                death = str(error)
                await self._end()
            if self._proven:
                self.restarts += 1
            else:
                tries += 1
            if not self._proven and tries == _FIRST_START_TRIES:
                self._fail(f"{self.name} died {tries} times while starting ({death}); {self._last_words()}")
            delay = delays.after(was_ready=self._was_ready)
            self._enter(State.RESTARTING)
            self._console.problem(self.name, f"died ({death}), restarting{f' in {delay:g} s' if delay else ''}")
            await asyncio.sleep(delay)

    async def _one_life(self) -> str:
        """From start to death; answers how it died."""
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
        death = asyncio.create_task(process.wait())
        getting_ready = asyncio.ensure_future(self.component.ready())
        try:
            limit = None if self._proven else self.component.ready_within
            await asyncio.wait({death, getting_ready}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            if not death.done():
                if not getting_ready.done():
                    raise ComponentFailed(f"not ready after {limit:g} s; {self._last_words()}")
                getting_ready.result()
                self._proven = self._was_ready = True
                self._enter(State.READY)
                self._console.good(self.name, f"ready in {time.monotonic() - began:.1f} s")
            return processes.ended(await death)
        finally:
            getting_ready.cancel()
            death.cancel()
            await asyncio.gather(getting_ready, death, return_exceptions=True)

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

    def _last_words(self) -> str:
        return f"its last words: {processes.last_line(self._log)} (all of them in {self._log})"

    async def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
            await self.process.wait()
