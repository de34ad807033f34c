"""With a hundred thousand tickets behind it, each question is still answered by an index."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest
import pytest_asyncio

from common import clock
from common.ids import new_id
from common.mongo import Database
from tests.support.crowd import crowd
from tests.support.plans import planned
from tests.support.services import Installation, build
from tickets.deadlines.deadline import DEADLINES, Deadline
from tickets.deadlines.sweeper import BATCH, Sweeper

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUSY, QUIET = new_id(), new_id()
"""Two organisations."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def db(shared_installation: Installation) -> AsyncIterator[Database]:
    """tickets' own, with nobody else at work in it."""
    async with build("tickets", shared_installation.settings("tickets")).opened() as service:
        await crowd(service.db, BUSY, 100_000)
        await crowd(service.db, QUIET, 1_000)
        yield service.db


async def overdue(db: Database, deadline: Deadline, organisation_id: UUID, count: int) -> None:
    """Lets so many of the tickets that wait for it have waited for too long."""
    waiting = {**deadline.waiting, "organisation_id": organisation_id}
    ids = [found["_id"] async for found in db["tickets"].find(waiting, {"_id": 1}).limit(count)]
    assert len(ids) == count
    long_ago = clock.now() - timedelta(days=400)
    await db["tickets"].update_many({"_id": {"$in": ids}}, {"$set": {deadline.since: long_ago}})


@pytest.mark.parametrize("deadline", DEADLINES, ids=lambda deadline: deadline.name)
async def test_looking_for_due_tickets_looks_at_those_that_are_due_and_at_no_others(
    db: Database, deadline: Deadline
) -> None:
    await overdue(db, deadline, BUSY, 3)
    await overdue(db, deadline, QUIET, 1)

    async with planned(db) as plans:
        assert await Sweeper(db, deadline).sweep() == 4

    for plan in plans.of("tickets"):
        assert plan.by.startswith("IXSCAN"), plan
        assert plan.documents <= BATCH, plan
        assert plan.keys <= plan.returned + 1, plan
    assert {plan.by for plan in plans.of("settings")} == {"IDHACK"}
