"""N calls in a window, by whichever replica, and not one more."""

import asyncio
from datetime import timedelta

import httpx

from common import clock
from common.mongo import Database
from common.rate_limits import GrowingDelay, RateLimit, RateLimiter
from tests.integration.common.tiny import as_, tiny
from tests.support.eventually import eventually

HOUR = timedelta(hours=1)


async def call(http: httpx.AsyncClient, name: str = "casey") -> httpx.Response:
    return await http.post("/limited", headers=as_(name))


async def test_n_are_allowed_and_the_next_is_told_when_to_come_back(db: Database) -> None:
    async with tiny(db, limit=RateLimit("limited", 3, HOUR)) as http:
        allowed = [await call(http) for _ in range(3)]
        refused = await call(http)
    assert [answer.status_code for answer in allowed] == [200, 200, 200]
    assert [answer.headers["RateLimit-Remaining"] for answer in allowed] == ["2", "1", "0"]
    assert {answer.headers["RateLimit-Limit"] for answer in [*allowed, refused]} == {"3"}
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert refused.headers["Retry-After"] == refused.headers["RateLimit-Reset"]
    window = await db["rate_limits"].find_one({"_id": {"$regex": "^limited:"}}) or {}
    seconds_left = (window["ends_at"] - window["now"]).total_seconds()
    assert 0 <= int(refused.headers["Retry-After"]) - seconds_left < 1
    assert 0 < seconds_left <= 3600


async def test_each_caller_has_an_own_count(db: Database) -> None:
    async with tiny(db, limit=RateLimit("limited", 1, HOUR)) as http:
        statuses = [(await call(http, name)).status_code for name in ("casey", "robin", "casey", "robin")]
    assert statuses == [200, 200, 429, 429]


async def test_when_the_window_ends_it_begins_anew(db: Database) -> None:
    async with tiny(db, limit=RateLimit("limited", 1, timedelta(seconds=1))) as http:
        assert (await call(http)).status_code == 200

        async def allowed_again() -> None:
            assert (await call(http)).status_code == 200

        await eventually(allowed_again)
    window = await db["rate_limits"].find_one({"_id": {"$regex": "^limited:"}}) or {}
    assert window["count"] == 1


async def test_replicas_share_one_count(db: Database) -> None:
    limit = RateLimit("limited", 4, HOUR)
    async with tiny(db, limit=limit) as one, tiny(db, limit=limit) as other:
        statuses = [(await call(http)).status_code for http in (one, other, one, other, one, other)]
    assert statuses == [200] * 4 + [429] * 2


async def test_of_many_calls_at_once_exactly_as_many_as_allowed_pass(db: Database) -> None:
    async with tiny(db, limit=RateLimit("limited", 10, HOUR)) as http:
        answers = await asyncio.gather(*(call(http) for _ in range(30)))
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 20
    remaining = sorted(int(answer.headers["RateLimit-Remaining"]) for answer in answers if answer.is_success)
    assert remaining == list(range(10))


async def test_everybody_has_a_general_limit_and_every_answer_tells_of_it(db: Database) -> None:
    async with tiny(db) as http:
        answer = await http.post("/samples", json={"name": "Casey"}, headers=as_("casey"))
    assert (answer.headers["RateLimit-Limit"], answer.headers["RateLimit-Remaining"]) == ("600", "599")


async def test_switched_off_nothing_is_counted(db: Database) -> None:
    async with tiny(db, limit=RateLimit("limited", 1, HOUR), rate_limits="off", environment="local") as http:
        statuses = [(await call(http)).status_code for _ in range(3)]
    assert statuses == [200, 200, 200]
    assert await db["rate_limits"].count_documents({}) == 0


async def test_a_free_attempt_waits_for_no_other_one_whose_clock_is_ahead(db: Database) -> None:
    """`$$NOW` is read before a write waits for a concurrent one, so the later write may have the earlier time."""
    delay = GrowingDelay("delay", free=3, longest=HOUR, memory=HOUR)
    concurrent = {"count": 1, "next_at": clock.now() + timedelta(seconds=30), "ends_at": clock.now() + HOUR}
    await db["rate_limits"].insert_one({"_id": "delay:casey", **concurrent})
    limiter = RateLimiter(db, enforced=True)

    waited = [(await limiter.attempt(delay, "casey")).wait_seconds for _ in range(4)]

    assert waited[:3] == [0, 0, 0]
    assert waited[3] == 1
