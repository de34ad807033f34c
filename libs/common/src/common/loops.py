"""Background loops: how they are kept running, and how they are stopped."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

import structlog
from pymongo.errors import PyMongoError

from common.error_descriptions import describe
from common.errors import Unavailable
from common.mongo import cancellation_requested

log = structlog.get_logger("lifecycle")

SHUTDOWN_GRACE_SECONDS = 7
"""How long a cancelled loop may take to finish its work."""


class Loop(Protocol):
    """Something that runs until it is cancelled."""

    @property
    def name(self) -> str: ...

    async def run(self) -> None: ...


async def run_forever(loop: Loop) -> None:
    """Restarts a loop that raises, after logging the error. Returns when the loop returns: it was cancelled."""
    while True:
        try:
            return await loop.run()
        except Exception:
            log.exception("loop failed", loop=loop.name)
            await asyncio.sleep(1)


async def repeat(work: Callable[[], Awaitable[object]], *, pause_seconds: float, name: str) -> None:
    """Until cancelled: runs `work` and pauses, again and again. An outage is logged and only skips a turn."""
    while not cancellation_requested():
        try:
            await work()
        except (Unavailable, PyMongoError) as error:
            log.warning("loop waits", loop=name, reason=describe(error))
        await asyncio.sleep(pause_seconds)


async def cancel_and_wait(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancels again if needed: before Python 3.12 `asyncio.wait_for`, which nats-py and PyMongo use, may swallow a
    cancellation."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=SHUTDOWN_GRACE_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
