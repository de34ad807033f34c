"""Request coalescing: one database command for all callers that ask at the same time (docs/decisions/0021)."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from common.mongo import is_outage

W = TypeVar("W")
R = TypeVar("R")

_Caller = tuple[W, asyncio.Future[R]]


class RequestBatcher(Generic[W, R]):
    """Runs `execute` for one batch after another: requests that arrive while a batch runs form the next one. Nobody
    waits for a batch to fill, so a single caller is served at once.

    `execute` takes the requests in the order they arrived and returns as many results in the same order. If a batch
    fails, other than by an outage, each request runs alone, so that one bad request fails no other.
    """

    def __init__(self, execute: Callable[[Sequence[W]], Awaitable[Sequence[R]]]) -> None:
        self._execute = execute
        self._waiting: list[_Caller[W, R]] = []
        self._runner: asyncio.Task[None] | None = None

    async def __call__(self, request: W) -> R:
        """Its result. Raises what `execute` raised. The request runs even if its caller is cancelled."""
        result: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, result))
        if self._runner is None:
            # In an empty context: a batch belongs to no single caller's trace, timeout or transaction.
            self._runner = asyncio.create_task(self._run_batches(), name="request batcher", context=Context())
        return await result

    async def _run_batches(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._serve(batch)
        self._runner = None

    async def _serve(self, batch: Sequence[_Caller[W, R]]) -> None:
        try:
            results = await self._execute([request for request, _ in batch])
            served = list(zip(batch, results, strict=True))
        except Exception as error:  # noqa: BLE001 - its caller gets it
            if len(batch) > 1 and not is_outage(error):
                for each in batch:
                    await self._serve([each])
                return
            for _, result in batch:
                if not result.done():  # the caller may have been cancelled
                    result.set_exception(error)
        else:
            for (_, result), value in served:
                if not result.done():
                    result.set_result(value)
