"""A request sent again is answered as the first was, and has no second effect."""

import asyncio
from typing import Any

from common.mongo import Database
from tests.integration.common.tiny import as_, tiny


async def samples_and_records(db: Database) -> tuple[int, int]:
    return await db["samples"].count_documents({}), await db["idempotency_keys"].count_documents({})


async def test_the_same_request_with_the_same_key_has_the_same_answer_and_one_effect(db: Database) -> None:
    async with tiny(db) as http:
        answers = [await http.post("/samples", json={"name": "Casey"}, headers=as_("casey", "k1")) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.text for answer in answers}) == 1
    assert await samples_and_records(db) == (1, 1)


async def test_twenty_of_them_at_once_have_one_answer_and_one_effect(db: Database) -> None:
    async with tiny(db) as http:
        answers = await asyncio.gather(
            *(http.post("/samples", json={"name": "Casey"}, headers=as_("casey", "k1")) for _ in range(20))
        )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert await samples_and_records(db) == (1, 1)


async def test_without_a_key_each_request_has_its_effect(db: Database) -> None:
    async with tiny(db) as http:
        for _ in range(2):
            await http.post("/samples", json={"name": "Casey"}, headers=as_("casey"))
    assert await samples_and_records(db) == (2, 0)


async def test_a_key_used_for_another_body_is_refused(db: Database) -> None:
    async with tiny(db) as http:
        await http.post("/samples", json={"name": "Casey"}, headers=as_("casey", "k1"))
        answer = await http.post("/samples", json={"name": "Robin"}, headers=as_("casey", "k1"))
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert await samples_and_records(db) == (1, 1)


async def test_of_different_bodies_at_once_under_one_key_one_wins(db: Database) -> None:
    async with tiny(db) as http:
        answers = await asyncio.gather(
            *(http.post("/samples", json={"name": f"Casey {n}"}, headers=as_("casey", "k1")) for n in range(10))
        )
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
    assert await samples_and_records(db) == (1, 1)


async def test_another_persons_same_key_is_another_request(db: Database) -> None:
    async with tiny(db) as http:
        answers = [
            await http.post("/samples", json={"name": "Casey"}, headers=as_(name, "k1")) for name in ("casey", "robin")
        ]
    assert len({answer.json()["id"] for answer in answers}) == 2
    assert await samples_and_records(db) == (2, 2)


async def test_a_command_that_fails_leaves_no_record_and_no_effect(db: Database) -> None:
    async with tiny(db) as http:

        async def ask(changes: int) -> Any:
            return await http.post("/samples", json={"name": "Casey", "changes": changes}, headers=as_("casey", "k1"))

        assert (await ask(10)).status_code == 409
        assert await samples_and_records(db) == (0, 0)
        assert (await ask(2)).status_code == 201
    assert await samples_and_records(db) == (1, 1)


async def test_what_can_not_be_a_key_is_refused(db: Database) -> None:
    async with tiny(db) as http:
        answer = await http.post("/samples", json={"name": "Casey"}, headers=as_("casey", "k" * 201))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "idempotency-key"
