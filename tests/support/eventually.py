"""Waiting for what will be true soon: by asking again, never by sleeping for a guessed time."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def eventually(check: Callable[[], Awaitable[T]], *, within: float = 60.0, every: float = 0.02) -> T:
    """Calls `check` until it returns without an AssertionError (or lookup error), and returns what it returned.

    Raises the last error when it did not within that many seconds; a busy machine is no fault.
    """
    deadline = time.monotonic() + within
    while True:
        try:
            return await check()
        except (AssertionError, LookupError):
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(every)
