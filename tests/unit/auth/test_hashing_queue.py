"""The queue in front of password hashing."""

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from auth.domain.hashing_capacity import HashingCapacity
from auth.hashing_queue import HashingQueue, Overloaded
from common.caller import caller_scope


class Work:
    """Work that waits until it is released, and the order in which it started."""

    def __init__(self, queue: HashingQueue) -> None:
        self._queue = queue
        self.released = threading.Event()
        self.started: list[str] = []

    def __call__(self, name: str) -> str:
        self.started.append(name)
        self.released.wait(30)
        return name

    async def submit(self, name: str, *, known_device: bool = False) -> asyncio.Task[str]:
        task = asyncio.create_task(self._run(name, known_device=known_device))
        await asyncio.sleep(0)  # it takes its place
        return task

    async def _run(self, name: str, *, known_device: bool) -> str:
        with self._queue.reserve(known_device=known_device) as place:
            return await place.run(self, name)


@pytest_asyncio.fixture
async def work() -> AsyncIterator[Work]:
    """One at work, four places of which one is reserved."""
    work = Work(HashingQueue(HashingCapacity(parallel=1, pending=4, reserved=1), wait_seconds=30))
    yield work
    work.released.set()


async def test_a_known_device_is_served_before_strangers_who_came_earlier(work: Work) -> None:
    tasks = [await work.submit(f"stranger {n}") for n in range(3)]
    tasks.append(await work.submit("owner", known_device=True))

    work.released.set()
    await asyncio.gather(*tasks)

    assert work.started == ["stranger 0", "owner", "stranger 1", "stranger 2"]


async def test_strangers_cannot_take_the_last_places(work: Work) -> None:
    for n in range(4):
        await work.submit(f"stranger {n}")

    with pytest.raises(Overloaded):
        await (await work.submit("one too many"))

    owner = await work.submit("owner", known_device=True)
    work.released.set()
    assert await owner == "owner"


async def test_a_full_queue_refuses_known_devices_as_well(work: Work) -> None:
    for n in range(5):
        await work.submit(f"owner {n}", known_device=True)

    with pytest.raises(Overloaded) as refused:
        await (await work.submit("owner 5", known_device=True))
    assert refused.value.retry_after >= 1


async def test_work_that_has_waited_for_too_long_is_refused() -> None:
    work = Work(HashingQueue(HashingCapacity(parallel=1, pending=4, reserved=1), wait_seconds=0.01))
    first = await work.submit("first")

    with pytest.raises(Overloaded):
        await (await work.submit("second"))

    work.released.set()
    assert await first == "first"
    assert await (await work.submit("third")) == "third"
    assert work.started == ["first", "third"]


async def test_a_place_given_up_is_free_again(work: Work) -> None:
    first = await work.submit("first")
    for n in range(10):
        task = await work.submit(f"cancelled {n}")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    last = await work.submit("last")
    work.released.set()
    assert [await first, await last] == ["first", "last"]
    assert work.started == ["first", "last"]


async def test_work_of_a_caller_who_is_gone_does_not_start(work: Work) -> None:
    async def is_disconnected() -> bool:
        return True

    first = await work.submit("first")
    with caller_scope(is_disconnected):
        abandoned = await work.submit("abandoned")
    last = await work.submit("last")
    work.released.set()

    assert [await first, await last] == ["first", "last"]
    assert isinstance((await asyncio.gather(abandoned, return_exceptions=True))[0], Exception)
    assert work.started == ["first", "last"]


async def test_an_error_of_the_work_frees_its_slot(work: Work) -> None:
    work.released.set()

    def fail(name: str) -> str:
        raise ValueError(name)

    for _ in range(3):
        with pytest.raises(ValueError, match="broken"):
            await work._queue.run(fail, "broken", known_device=False)
    assert await (await work.submit("next")) == "next"
