"""One holder at a time, by the database's clock."""

import asyncio

from common.lease import Lease
from common.mongo import Database
from tests.support.eventually import eventually

LONG, SHORT = 60, 0.05


async def test_while_one_holds_it_no_other_does(db: Database) -> None:
    holder, other = Lease(db, "work", LONG), Lease(db, "work", LONG)
    assert await holder.take()
    assert not await other.take()
    assert await Lease(db, "other work", LONG).take()


async def test_taking_it_again_renews_it(db: Database) -> None:
    holder = Lease(db, "work", LONG)
    await holder.take()
    first = (await db["leases"].find_one({"_id": "work"}) or {})["until"]

    async def is_longer() -> None:
        assert await holder.take()
        assert (await db["leases"].find_one({"_id": "work"}) or {})["until"] > first

    await eventually(is_longer)


async def test_an_attempt_of_another_does_not_lengthen_or_shorten_it(db: Database) -> None:
    await Lease(db, "work", LONG).take()
    before = await db["leases"].find_one({"_id": "work"})
    await Lease(db, "work", SHORT).take()
    assert await db["leases"].find_one({"_id": "work"}) == before


async def test_another_takes_over_when_it_ends_and_the_first_has_lost_it(db: Database) -> None:
    paused, other = Lease(db, "work", SHORT), Lease(db, "work", LONG)
    assert await paused.take()

    async def taken_over() -> None:
        assert await other.take()

    await eventually(taken_over)
    assert not await paused.take()
    await paused.give_back()
    assert not await paused.take()


async def test_given_back_it_is_free_at_once(db: Database) -> None:
    holder, other = Lease(db, "work", LONG), Lease(db, "work", LONG)
    await holder.take()
    await holder.give_back()
    assert await other.take()


async def test_of_many_who_take_it_at_once_one_gets_it(db: Database) -> None:
    for attempt in range(10):
        takers = [Lease(db, f"work {attempt}", LONG) for _ in range(20)]
        assert sum(await asyncio.gather(*(taker.take() for taker in takers))) == 1
