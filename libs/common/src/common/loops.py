"""What runs beside requests until it is cancelled, and how it is kept running and let go."""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

log = structlog.get_logger("lifecycle")

LAST_WORDS_SECONDS = 7
"""How long a loop that was cancelled may go on with what it has in hand."""


class Loop(Protocol):
    """Something that runs until it is cancelled."""

    @property
    def name(self) -> str: ...

    async def run(self) -> None: ...


async def for_ever(loop: Loop) -> None:
    """A loop that fails is a mistake of ours; it is logged and started again rather than silently missing. One that
    returns was cancelled."""
    while True:
        try:
            return await loop.run()
        except Exception:
            log.exception("loop failed", loop=loop.name)
            await asyncio.sleep(1)


async def cancelled(tasks: Sequence[asyncio.Task[Any]]) -> None:
    """Says it again where it was not heard: before Python 3.12 `asyncio.wait_for`, which nats-py and PyMongo use, may
    swallow a cancellation."""
    waiting = set(tasks)
    while waiting:
        for task in waiting:
            task.cancel()
        _, waiting = await asyncio.wait(waiting, timeout=LAST_WORDS_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)
