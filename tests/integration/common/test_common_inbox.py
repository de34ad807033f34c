"""However often an event is delivered, its effect is made once."""

import asyncio
from itertools import permutations
from uuid import UUID

import pytest
from pymongo.errors import DuplicateKeyError

from common.errors import Conflict
from common.ids import new_id
from common.inbox import Inbox, keep_newest
from common.mongo import Database, Session


async def effects(db: Database) -> int:
    found = await db["visits"].find_one({"_id": "effects"})
    return int(found["count"]) if found else 0


async def test_twenty_deliveries_at_once_have_one_effect(db: Database) -> None:
    event_id = new_id()

    async def effect(session: Session) -> None:
        await db["visits"].update_one({"_id": "effects"}, {"$inc": {"count": 1}}, upsert=True, session=session)

    outcomes = await asyncio.gather(*(Inbox(db).once(event_id, effect) for _ in range(20)))
    assert sorted(outcomes) == [False] * 19 + [True]
    assert await effects(db) == 1
    assert not await Inbox(db).once(event_id, effect)
    assert await Inbox(db).once(new_id(), effect)
    assert await effects(db) == 2


async def test_an_effect_that_fails_leaves_neither_mark_nor_half_of_itself(db: Database) -> None:
    event_id = new_id()

    async def half(session: Session) -> None:
        await db["visits"].insert_one({"_id": "half"}, session=session)
        raise Conflict("not today")

    with pytest.raises(Conflict):
        await Inbox(db).once(event_id, half)
    assert await db["visits"].count_documents({}) == await db["inbox"].count_documents({}) == 0

    async def whole(session: Session) -> None:
        await db["visits"].insert_one({"_id": "whole"}, session=session)

    assert await Inbox(db).once(event_id, whole)


async def test_a_taken_key_of_the_effect_itself_is_not_mistaken_for_a_delivery_before(db: Database) -> None:
    await db["visits"].insert_one({"_id": "taken"})

    async def effect(session: Session) -> None:
        await db["visits"].insert_one({"_id": "taken"}, session=session)

    with pytest.raises(DuplicateKeyError):
        await Inbox(db).once(new_id(), effect)
    assert await db["inbox"].count_documents({}) == 0


async def kept(db: Database, id_: UUID) -> tuple[int, str]:
    found = await db["visits"].find_one({"_id": id_}) or {}
    return found["sequence"], found["name"]


async def test_the_newest_copy_is_kept_in_whatever_order_they_come(db: Database) -> None:
    for order in permutations([1, 2, 3, 4]):
        id_ = new_id()
        for sequence in order:
            await keep_newest(db["visits"], id_, sequence, {"name": f"name {sequence}"})
        assert await kept(db, id_) == (4, "name 4"), order


async def test_the_newest_copy_is_kept_when_all_come_at_once(db: Database) -> None:
    """Two replicas may hold two events of one aggregate at the same moment, and neither finds a copy yet."""
    for _ in range(60):
        id_ = new_id()
        copies = (keep_newest(db["visits"], id_, sequence, {"name": f"name {sequence}"}) for sequence in range(1, 25))
        await asyncio.gather(*copies)
        assert await kept(db, id_) == (24, "name 24")


async def test_the_same_event_again_leaves_the_copy_as_it_is(db: Database) -> None:
    id_ = new_id()
    await keep_newest(db["visits"], id_, 3, {"name": "three"})
    for sequence in (3, 2):
        await keep_newest(db["visits"], id_, sequence, {"name": "another"})
    assert await kept(db, id_) == (3, "three")


async def test_an_event_that_was_marked_is_known_and_may_be_marked_again(db: Database) -> None:
    inbox, event = Inbox(db), new_id()
    assert not await inbox.knows(event)

    for _ in range(2):
        await inbox.remember(event)

    assert await inbox.knows(event)
    assert not await inbox.knows(new_id())
