"""Ticket numbers: drawn together by those who want one at the same time, and never twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from common.ids import new_id
from common.mongo import Database
from tests.support.desk import only_desk, problem
from tests.support.services import Installation, build
from tickets.numbers import COLLECTION, TicketNumbers


@pytest.fixture
async def db(installation: Installation) -> AsyncIterator[Database]:
    async with build("tickets", installation.settings("tickets")).prepared() as service:
        yield service.db


async def test_those_who_ask_at_once_get_numbers_in_a_row(db: Database) -> None:
    organisation = new_id()
    numbers = TicketNumbers(db)

    drawn = await asyncio.gather(*(numbers.allocate(organisation) for _ in range(100)))

    assert drawn == list(range(1, 101)), "in the order they asked"
    assert await numbers.allocate(organisation) == 101


async def test_replicas_never_draw_the_same_number_and_lose_none(db: Database) -> None:
    organisation, other = new_id(), new_id()
    replicas = [TicketNumbers(db) for _ in range(4)]

    drawn = await asyncio.gather(
        *(replicas[n % 4].allocate(organisation) for n in range(200)), replicas[0].allocate(other)
    )

    assert sorted(drawn[:-1]) == list(range(1, 201))
    assert drawn[-1] == 1


async def test_a_caller_that_goes_away_takes_nobody_elses_number_along(db: Database) -> None:
    organisation = new_id()
    numbers = TicketNumbers(db)
    first, gone, last = [asyncio.create_task(numbers.allocate(organisation)) for _ in range(3)]
    await asyncio.sleep(0)

    gone.cancel()

    assert [await first, await last] == [1, 3]
    assert await numbers.allocate(organisation) == 4


async def test_those_who_ask_while_it_can_not_be_done_are_told_and_the_next_one_is_served(db: Database) -> None:
    organisation = new_id()
    numbers = TicketNumbers(db)
    await db[COLLECTION].insert_one({"_id": organisation, "last": "not a number"})

    answers = await asyncio.gather(*(numbers.allocate(organisation) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(answer, Exception) for answer in answers)

    await db[COLLECTION].update_one({"_id": organisation}, {"$set": {"last": 7}})
    assert await numbers.allocate(organisation) == 8


async def test_a_number_that_was_forgotten_in_a_failover_is_not_given_twice(installation: Installation) -> None:
    async with only_desk(installation) as desk:
        first = await desk.ticket()
        forget = {"$inc": {"last": -1}}
        await desk.tickets.db[COLLECTION].update_one({"_id": desk.customer.organisation_id}, forget)

        answer = await desk.create(desk.customer)

        problem(answer, 503, "unavailable")
        assert answer.headers["Retry-After"]
        assert (await desk.ticket())["number"] == first["number"] + 1
        assert len((await desk.listed(desk.customer))["items"]) == 2
