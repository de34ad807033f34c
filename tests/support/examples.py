"""Properties of running services: Hypothesis makes examples in a thread, and each is tried on the test's event loop."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

from tests.support.soak import EXAMPLES_FACTOR

T = TypeVar("T")


async def for_all(examples: SearchStrategy[T], holds: Callable[[T], Awaitable[None]], *, at_most: int) -> None:
    """Raises what `holds` raises for the smallest example found that makes it raise."""
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=at_most * EXAMPLES_FACTOR, deadline=None, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(examples)
    def tried(example: T) -> None:
        asyncio.run_coroutine_threadsafe(_awaited(holds(example)), loop).result(timeout=60)

    await asyncio.to_thread(tried)


async def _awaited(attempt: Awaitable[None]) -> None:
    await attempt
