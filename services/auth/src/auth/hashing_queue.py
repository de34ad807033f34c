"""The bounded queue in front of password hashing: it refuses what would wait for too long (load shedding)."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from auth.domain.hashing_capacity import HashingCapacity
from common.caller import is_caller_gone
from common.errors import Unavailable

T = TypeVar("T")


class Overloaded(Unavailable):
    """More work waits than can be done in the longest wait."""

    code = "overloaded"

    def __init__(self, seconds: float) -> None:
        retry_after = max(round(seconds), 1)
        super().__init__(f"Too many logins at the moment. Try again in {retry_after} s.", retry_after=retry_after)


class CallerGone(Unavailable):
    """Nobody waits for the result any more."""

    def __init__(self) -> None:
        super().__init__("The request was abandoned.")


class HashingQueue:
    """Runs work in threads. Known devices come first, and the last places of the queue are theirs."""

    def __init__(self, capacity: HashingCapacity, *, wait_seconds: float) -> None:
        self._capacity = capacity
        self._wait_seconds = wait_seconds
        self._threads = ThreadPoolExecutor(capacity.parallel, thread_name_prefix="argon2")
        self._running = 0
        self._known: deque[asyncio.Future[None]] = deque()
        self._strangers: deque[asyncio.Future[None]] = deque()

    async def run(self, work: Callable[..., T], *arguments: str, known_device: bool) -> T:
        """Raises Overloaded when the queue is full or the work has waited for too long, and CallerGone when nobody
        waits for the response by the time its turn comes."""
        await self._acquire(known_device=known_device)
        try:
            if await is_caller_gone():
                raise CallerGone
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._release()

    async def _acquire(self, *, known_device: bool) -> None:
        if self._running < self._capacity.parallel:
            self._running += 1
            return
        places = self._capacity.waiting - (0 if known_device else self._capacity.reserved)
        if len(self._known) + len(self._strangers) >= places:
            raise Overloaded(self._wait_seconds)
        lane = self._known if known_device else self._strangers
        turn = asyncio.get_running_loop().create_future()
        lane.append(turn)
        try:
            async with asyncio.timeout(self._wait_seconds):
                await turn
        except TimeoutError:
            self._leave(lane, turn)
            raise Overloaded(self._wait_seconds) from None
        except asyncio.CancelledError:
            self._leave(lane, turn)
            raise

    def _leave(self, lane: deque[asyncio.Future[None]], turn: asyncio.Future[None]) -> None:
        with suppress(ValueError):
            lane.remove(turn)
        if turn.done() and not turn.cancelled():  # its turn came at the same moment
            self._release()

    def _release(self) -> None:
        """Passes the slot on."""
        for lane in (self._known, self._strangers):
            while lane:
                turn = lane.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._running -= 1
