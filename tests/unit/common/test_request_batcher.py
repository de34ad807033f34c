"""What many want at the same moment is done in one go, and each gets what is theirs."""

import asyncio
from collections.abc import Sequence

import pytest
from pymongo.errors import AutoReconnect, DuplicateKeyError

from common.request_batcher import RequestBatcher


class Work:
    """Doubles numbers. The first batch waits until it may go on; 13 can not be doubled."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go_on = asyncio.Event()
        self.outage = False

    async def __call__(self, wanted: Sequence[int]) -> list[int]:
        self.batches.append(list(wanted))
        await self.may_go_on.wait()
        if self.outage:
            raise AutoReconnect("away")
        if 13 in wanted:
            raise DuplicateKeyError("13")
        return [2 * each for each in wanted]


async def start_requests(doubled: RequestBatcher[int, int], *numbers: int) -> list["asyncio.Task[int]"]:
    """Each by a caller of its own; all of them wait when this returns."""
    callers = [asyncio.create_task(doubled(number)) for number in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return callers


async def meanwhile(work: Work, doubled: RequestBatcher[int, int], *numbers: int) -> list[int | BaseException]:
    """What comes of 1, and of `numbers`, which are wanted while 1 is under way."""
    callers = [*await start_requests(doubled, 1), *await start_requests(doubled, *numbers)]
    work.may_go_on.set()
    return await asyncio.gather(*callers, return_exceptions=True)


async def test_who_is_alone_is_served_at_once() -> None:
    work = Work()
    work.may_go_on.set()

    assert await RequestBatcher(work)(1) == 2
    assert work.batches == [[1]]


async def test_what_is_wanted_meanwhile_is_the_next_batch_and_each_gets_their_own_result() -> None:
    work = Work()

    assert await meanwhile(work, RequestBatcher(work), 2, 3, 2) == [2, 4, 6, 4]
    assert work.batches == [[1], [2, 3, 2]]


async def test_one_that_can_not_be_done_takes_no_other_with_it() -> None:
    work = Work()
    doubled = RequestBatcher(work)

    outcomes = await meanwhile(work, doubled, 2, 13, 3)

    assert isinstance(outcomes.pop(2), DuplicateKeyError)
    assert outcomes == [2, 4, 6]
    assert await doubled(4) == 8


async def test_an_outage_is_everybodys_and_nobody_is_tried_again_alone() -> None:
    work = Work()
    doubled = RequestBatcher(work)
    work.outage = True

    outcomes = await meanwhile(work, doubled, 2, 3)

    assert [type(outcome) for outcome in outcomes] == [AutoReconnect] * 3
    assert work.batches == [[1], [2, 3]]
    work.outage = False
    assert await doubled(4) == 8


async def test_a_caller_who_goes_away_leaves_the_others_served() -> None:
    work = Work()
    doubled = RequestBatcher(work)
    gone, stays = await start_requests(doubled, 1, 2)
    waits, leaves = await start_requests(doubled, 3, 4)

    gone.cancel()
    leaves.cancel()
    work.may_go_on.set()

    assert [await stays, await waits] == [4, 6]
    with pytest.raises(asyncio.CancelledError):
        await gone


async def test_work_that_forgets_somebody_is_an_error_to_all_and_the_next_are_served() -> None:
    forgetful = True

    async def work(wanted: Sequence[int]) -> Sequence[int]:
        return [] if forgetful else wanted

    same = RequestBatcher(work)
    with pytest.raises(ValueError, match="zip"):
        await same(1)
    forgetful = False
    assert await same(2) == 2
