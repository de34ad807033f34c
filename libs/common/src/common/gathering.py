"""One command to the database for what many callers want at the same moment (docs/decisions/0021)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from common.mongo import is_outage

W = TypeVar("W")
R = TypeVar("R")

_Caller = tuple[W, asyncio.Future[R]]


class Gathering(Generic[W, R]):
    """Does `work` for one batch after another: what is wanted while one is under way is the next one. Nobody waits for
    a batch to fill, so a caller who is alone is served at once.

    `work` is given what is wanted in the order it was asked for, and returns as many results in the same order. It may
    be run again with less: when a batch fails for another reason than an outage, each is tried alone, so that one that
    can not be done takes no other with it.
    """

    def __init__(self, work: Callable[[Sequence[W]], Awaitable[Sequence[R]]]) -> None:
        self._work = work
        self._waiting: list[_Caller[W, R]] = []
        self._working: asyncio.Task[None] | None = None

    async def __call__(self, wanted: W) -> R:
        """Its result. Raises what `work` raised for it. Cancelled, it is done all the same."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, result))
        if self._working is None:
            # In nobody's context: it belongs to no one caller's trace, time limit or transaction.
            self._working = asyncio.create_task(self._work_off(), name="gathering", context=Context())
        return await result

    async def _work_off(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._serve(batch)
        self._working = None

    async def _serve(self, batch: Sequence[_Caller[W, R]]) -> None:
        try:
            results = await self._work([wanted for wanted, _ in batch])
            served = list(zip(batch, results, strict=True))
        except Exception as error:  # noqa: BLE001 - whoever waits for it gets it
            if len(batch) > 1 and not is_outage(error):
                for each in batch:
                    await self._serve([each])
                return
            for _, result in batch:
                if not result.done():  # who waited may have been cancelled
                    result.set_exception(error)
        else:
            for (_, result), value in served:
                if not result.done():
                    result.set_result(value)
