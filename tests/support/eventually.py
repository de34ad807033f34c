"""Polling until an assertion holds."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(check: Callable[[], Awaitable[T]], *, within: float = 60.0, every: float = 0.02) -> T:
    """Calls `check` until it raises no AssertionError or LookupError, and returns its result. After `within` seconds it
    raises the last error."""
    deadline = time.monotonic() + within
    while True:
        try:
            return await check()
        except (AssertionError, LookupError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(every)
