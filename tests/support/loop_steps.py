"""Measures the CPU time of each step of a task: what runs between two suspensions, while nothing else of the event loop
does. Not the elapsed time: that of a busy machine says nothing about the code."""

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

_TESTS = str(Path(__file__).parents[1])


class Step(NamedTuple):
    """`task` is the function of the task; `during` what the test was doing."""

    milliseconds: float
    task: str
    during: str

    def __str__(self) -> str:
        return f"{self.milliseconds:7.1f} ms  {self.during}  ({self.task})"


@dataclass
class LoopSteps:
    """The steps of all tasks that are created while it measures, except those of the tests themselves."""

    steps: list[Step]
    during: str = ""

    def take(self) -> list[Step]:
        """The steps since it was last called, the longest first."""
        taken, self.steps = self.steps, []
        return sorted(taken, reverse=True)


class _Measured(Coroutine[Any, Any, Any]):
    def __init__(self, measured: Coroutine[Any, Any, Any], name: str, load: LoopSteps) -> None:
        self._measured, self._name, self._load = measured, name, load

    def send(self, value: Any) -> Any:
        started = time.thread_time()
        try:
            return self._measured.send(value)
        finally:
            self._note(started)

    def throw(self, *error: Any) -> Any:
        started = time.thread_time()
        try:
            return self._measured.throw(*error)
        finally:
            self._note(started)

    def close(self) -> None:
        self._measured.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._measured.__await__()

    def _note(self, started: float) -> None:
        milliseconds = 1000 * (time.thread_time() - started)
        if milliseconds > 1:
            self._load.steps.append(Step(milliseconds, self._name, self._load.during))


@asynccontextmanager
async def measured_steps() -> AsyncIterator[LoopSteps]:
    """Measures the tasks that are created in the block."""
    loop, load = asyncio.get_running_loop(), LoopSteps([])

    def make_task(loop: asyncio.AbstractEventLoop, coroutine: Any, **options: Any) -> "asyncio.Task[Any]":
        code = getattr(coroutine, "cr_code", None)
        is_of_tests = code is None or code.co_filename.startswith(_TESTS)
        measured = coroutine if is_of_tests else _Measured(coroutine, coroutine.__qualname__, load)
        return asyncio.Task(measured, loop=loop, **options)

    loop.set_task_factory(make_task)
    try:
        yield load
    finally:
        loop.set_task_factory(None)
