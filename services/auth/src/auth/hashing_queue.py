"""The bounded queue in front of password hashing: it refuses what would wait for too long (load shedding)."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
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
    """Runs work in threads. Known devices come first, and the last places are theirs."""

    def __init__(self, capacity: HashingCapacity, *, wait_seconds: float) -> None:
        self._capacity = capacity
        self._wait_seconds = wait_seconds
        self._threads = ThreadPoolExecutor(capacity.parallel, thread_name_prefix="argon2")
        self._places = 0
        self._running = 0
        self._known: deque[asyncio.Future[None]] = deque()
        self._strangers: deque[asyncio.Future[None]] = deque()

    @contextmanager
    def reserve(self, *, known_device: bool) -> Iterator["Place"]:
        """A place for the block. Raises Overloaded when all are taken: before a request has cost anything."""
        places = self._capacity.parallel + self._capacity.pending - (0 if known_device else self._capacity.reserved)
        if self._places >= places:
            raise Overloaded(self._wait_seconds)
        self._places += 1
        try:
            yield Place(self, known_device=known_device)
        finally:
            self._places -= 1

    async def run(self, work: Callable[..., T], *arguments: str, known_device: bool) -> T:
        """For the holder of a place. Raises Overloaded when the turn does not come in time, and CallerGone when nobody
        waits for the response by then."""
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


class Place:
    """A reserved place in the queue."""

    def __init__(self, queue: HashingQueue, *, known_device: bool) -> None:
        self._queue = queue
        self._known_device = known_device

    async def run(self, work: Callable[..., T], *arguments: str) -> T:
        """Raises Overloaded, CallerGone."""
        return await self._queue.run(work, *arguments, known_device=self._known_device)
