"""Background loops: how they are kept running, and how they are stopped."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

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


async def cancel_and_wait(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Cancels again if needed: before Python 3.12 `asyncio.wait_for`, which nats-py and PyMongo use, may swallow a
    cancellation."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=SHUTDOWN_GRACE_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
