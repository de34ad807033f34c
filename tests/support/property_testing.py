"""Hypothesis on an asyncio event loop: it generates examples in a thread, and each is tried on the test's loop."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar, cast

from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import SearchStrategy

T = TypeVar("T")

CI_EXAMPLES = 100
"""`max_examples` of the profile "ci"."""


async def for_all(examples: SearchStrategy[T], holds: Callable[[T], Awaitable[None]], *, at_most: int) -> None:
    """Raises what `holds` raises for the smallest failing example. `at_most` examples are tried under the profile "ci",
    and as many times more under another as its `max_examples` is larger."""
    loop = asyncio.get_running_loop()
    count = at_most * settings().max_examples // CI_EXAMPLES

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(examples)
    def tried(example: T) -> None:
        attempt = cast("Coroutine[Any, Any, None]", holds(example))
        asyncio.run_coroutine_threadsafe(attempt, loop).result(timeout=60)

    await asyncio.to_thread(tried)
