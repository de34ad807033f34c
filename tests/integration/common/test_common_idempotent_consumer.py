"""However often an event is delivered, its effect is made once."""

import asyncio
from itertools import permutations
from uuid import UUID

from common.idempotent_consumer import HandledEvents, upsert_if_newer
from common.ids import new_id
from common.mongo import Database


async def kept(db: Database, id_: UUID) -> tuple[int, str]:
    found = await db["samples"].find_one({"_id": id_}) or {}
    return found["sequence"], found["name"]


async def test_the_newest_copy_is_kept_in_whatever_order_they_come(db: Database) -> None:
    for order in permutations([1, 2, 3, 4]):
        id_ = new_id()
        for sequence in order:
            await upsert_if_newer(db["samples"], id_, sequence, {"name": f"name {sequence}"})
        assert await kept(db, id_) == (4, "name 4"), order


async def test_the_newest_copy_is_kept_when_all_come_at_once(db: Database) -> None:
    """Two replicas may hold two events of one aggregate at the same moment, and neither finds a copy yet."""
    for _ in range(60):
        id_ = new_id()
        copies = (
            upsert_if_newer(db["samples"], id_, sequence, {"name": f"name {sequence}"}) for sequence in range(1, 25)
        )
        await asyncio.gather(*copies)
        assert await kept(db, id_) == (24, "name 24")


async def test_the_same_event_again_leaves_the_copy_as_it_is(db: Database) -> None:
    id_ = new_id()
    await upsert_if_newer(db["samples"], id_, 3, {"name": "three"})
    for sequence in (3, 2):
        await upsert_if_newer(db["samples"], id_, sequence, {"name": "another"})
    assert await kept(db, id_) == (3, "three")


async def test_an_event_that_was_marked_is_known_and_may_be_marked_again(db: Database) -> None:
    handled, event = HandledEvents(db), new_id()
    assert not await handled.contains(event)

    for _ in range(2):
        await handled.mark_handled(event)

    assert await handled.contains(event)
    assert not await handled.contains(new_id())
