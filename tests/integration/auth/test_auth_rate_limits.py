"""How often somebody may try."""

from typing import Any

import httpx

from tests.support.desk import ok, problem
from tests.support.people import PASSWORD
from tests.support.services import Installation, RunningService


async def tried(auth: RunningService, email: str, **fields: Any) -> httpx.Response:
    """A log-in with a wrong password."""
    return await auth.http.post("/api/v1/auth/login", json={"email": email, "password": "wrong", **fields})


def told_to_wait(answer: httpx.Response, *, at_most: int, limit: int) -> None:
    """Raises AssertionError unless the answer says how long."""
    problem(answer, 429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= at_most
    assert answer.headers["RateLimit-Limit"] == str(limit)
    assert answer.headers["RateLimit-Remaining"] == "0"


async def test_one_address_is_tried_at_most_five_times_in_ten_minutes_however_it_is_spelt(
    installation: Installation,
) -> None:
    async with installation.run("auth") as auth:
        await auth.http.post("/api/v1/auth/signup", json={"email": "casey@example.org", "password": PASSWORD})
        spellings: list[dict[str, Any]] = [
            {"email": "casey@example.org"},
            {"email": "CASEY@example.org"},
            {"email": " casey@example.org "},
            {"email": "casey@example.org", "organisation": "default"},
            {"email": "casey@example.org", "organisation": ""},
        ]
        for spelling in spellings:
            problem(await tried(auth, **spelling), 401, "wrong_credentials")

        refused = await tried(auth, "Casey@example.org", password=PASSWORD)

        told_to_wait(refused, at_most=600, limit=5)
        problem(await tried(auth, "other@example.org"), 401, "wrong_credentials")


async def test_one_place_tries_at_most_ten_times_in_ten_minutes_whomever_it_tries(installation: Installation) -> None:
    async with installation.run("auth") as auth:
        for number in range(10):
            problem(await tried(auth, f"casey{number}@example.org"), 401, "wrong_credentials")

        told_to_wait(await tried(auth, "casey10@example.org"), at_most=600, limit=10)


async def test_one_place_makes_at_most_five_accounts_in_an_hour(installation: Installation) -> None:
    async with installation.run("auth") as auth:
        for number in range(5):
            body = {"email": f"casey{number}@example.org", "password": PASSWORD}
            ok(await auth.http.post("/api/v1/auth/signup", json=body), 201)

        body = {"email": "casey5@example.org", "password": PASSWORD}
        refused = await auth.http.post("/api/v1/auth/signup", json=body)

        told_to_wait(refused, at_most=3600, limit=5)
        assert await auth.db["users"].count_documents({}) == 5


async def test_the_count_is_shared_by_replicas_and_survives_a_restart(installation: Installation) -> None:
    for _ in range(2):
        async with installation.run("auth") as auth:
            for _ in range(2):
                problem(await tried(auth, "casey@example.org"), 401, "wrong_credentials")
    async with installation.run("auth") as auth:
        problem(await tried(auth, "casey@example.org"), 401, "wrong_credentials")

        told_to_wait(await tried(auth, "casey@example.org"), at_most=600, limit=5)


async def test_a_forged_forwarding_header_does_not_make_another_place(installation: Installation) -> None:
    async with installation.run("auth") as auth:
        for number in range(10):
            await tried(auth, f"casey{number}@example.org")

        answer = await auth.http.post(
            "/api/v1/auth/login",
            json={"email": "casey10@example.org", "password": "wrong"},
            headers={"X-Forwarded-For": "203.0.113.7"},
        )

        told_to_wait(answer, at_most=600, limit=10)


async def test_behind_a_trusted_proxy_each_client_is_a_place_of_its_own(installation: Installation) -> None:
    async with installation.run("auth", trusted_proxies=["127.0.0.0/8"]) as auth:
        for number in range(11):
            answer = await auth.http.post(
                "/api/v1/auth/login",
                json={"email": f"casey{number}@example.org", "password": "wrong"},
                headers={"X-Forwarded-For": f"198.51.100.1, 203.0.113.{number}"},
            )

            problem(answer, 401, "wrong_credentials")
