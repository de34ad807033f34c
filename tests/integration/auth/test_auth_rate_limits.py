"""How often somebody may try."""

import asyncio
from typing import Any

import httpx

from common import clock
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, another_organisation, make_admin, make_agent, sign_up
from tests.support.replicas import replica
from tests.support.second_factor import first_step, second_step, set_up
from tests.support.services import Installation, RunningService


async def forgot(auth: RunningService, email: str, **fields: Any) -> httpx.Response:
    """Asks for a link."""
    return await auth.http.post("/api/v1/auth/forgot-password", json={"email": email, **fields})


async def window_ends(auth: RunningService, bucket: str) -> None:
    """As if its time had passed."""
    found = {"_id": {"$regex": f"^{bucket}:"}}
    assert (await auth.db["rate_limits"].update_many(found, {"$set": {"ends_at": clock.now()}})).matched_count


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


async def test_links_are_asked_for_at_most_five_times_an_hour_whether_there_is_an_account_or_not(
    installation: Installation,
) -> None:
    async with installation.run("auth") as auth:
        alex = await make_agent(auth, "Alex Agent")
        for email in (alex.email, "nobody@example.org"):
            for _ in range(5):
                assert (await forgot(auth, email)).status_code == 202

            told_to_wait(await forgot(auth, email.upper()), at_most=3600, limit=5)

        await window_ends(auth, "forgot_password_per_email")
        assert (await forgot(auth, alex.email)).status_code == 202


async def test_a_window_ends_and_buckets_know_nothing_of_each_other(installation: Installation) -> None:
    async with installation.run("auth") as auth:
        elsewhere = await another_organisation()
        for _ in range(5):
            problem(await tried(auth, "casey@example.org"), 401, "wrong_credentials")
        told_to_wait(await tried(auth, "casey@example.org"), at_most=600, limit=5)

        problem(await tried(auth, "other@example.org"), 401, "wrong_credentials")
        problem(await tried(auth, "casey@example.org", organisation=elsewhere), 401, "wrong_credentials")
        assert (await forgot(auth, "casey@example.org")).status_code == 202
        body = {"email": "casey@example.org", "password": PASSWORD}
        ok(await auth.http.post("/api/v1/auth/signup", json=body), 201)
        await window_ends(auth, "login_per_email")
        problem(await tried(auth, "casey@example.org"), 401, "wrong_credentials")


async def test_an_organisation_can_loosen_its_limits_and_no_others(installation: Installation) -> None:
    async with installation.run("auth") as auth:
        slug = await another_organisation()
        ada = await make_admin(auth, "Ada Admin", slug)
        change = {"settings": {"rate_limits": {"login_per_email": 7, "login_per_ip": 100}}}
        ok(await auth.http.patch("/api/v1/organisation", json=change, headers=ada.headers))

        for _ in range(7):
            problem(await tried(auth, "casey@example.org", organisation=slug), 401, "wrong_credentials")
        told_to_wait(await tried(auth, "casey@example.org", organisation=slug), at_most=600, limit=7)

        for _ in range(5):
            problem(await tried(auth, "casey@example.org"), 401, "wrong_credentials")
        told_to_wait(await tried(auth, "casey@example.org"), at_most=600, limit=5)


async def test_two_replicas_at_once_let_through_as_many_as_one(installation: Installation) -> None:
    async with installation.run("auth") as auth, replica(installation, "auth") as other:
        body = {"email": "casey@example.org", "password": "wrong"}
        asking = [each.post("/api/v1/auth/login", json=body) for each in (auth.http, other) for _ in range(5)]

        answers = await asyncio.gather(*asking)

        assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 5


async def test_codes_are_guessed_at_most_ten_times_an_hour_however_many_log_ins_are_begun(
    installation: Installation,
) -> None:
    async with installation.run("auth") as auth:
        alex = await make_agent(auth, "Alex Agent")
        app = await set_up(auth, alex)  # the first code of the hour
        guesses = 0
        while guesses < 9:
            await window_ends(auth, "login_per_email")
            token = await first_step(auth, alex)
            for _ in range(min(4, 9 - guesses)):
                problem(await second_step(auth, token, app.wrong_code()), 401, "wrong_code")
                guesses += 1
        await window_ends(auth, "login_per_email")

        told_to_wait(await second_step(auth, await first_step(auth, alex), app.code()), at_most=3600, limit=10)


async def test_at_an_open_session_the_password_is_guessed_at_most_five_times(installation: Installation) -> None:
    async with installation.run("auth") as auth:
        alex = await make_agent(auth, "Alex Agent")
        body = {"current_password": "a wrong password", "new_password": "an entirely new password"}
        for _ in range(5):
            refused = await auth.http.post("/api/v1/auth/change-password", json=body, headers=alex.headers)
            problem(refused, 422, "wrong_password")

        body["current_password"] = PASSWORD
        told_to_wait(
            await auth.http.post("/api/v1/auth/change-password", json=body, headers=alex.headers), at_most=600, limit=5
        )


async def test_links_are_guessed_at_most_thirty_times_from_one_place_whatever_they_are_for(
    installation: Installation,
) -> None:
    async with installation.run("auth") as auth:
        bodies: list[tuple[str, dict[str, str]]] = [
            ("reset-password", {"token": "x", "password": PASSWORD}),
            ("verify-email", {"token": "x"}),
            ("accept-invitation", {"token": "x", "password": PASSWORD}),
        ]
        for _ in range(10):
            for path, body in bodies:
                problem(await auth.http.post(f"/api/v1/auth/{path}", json=body), 422, "invalid_token")

        for path, body in bodies:
            told_to_wait(await auth.http.post(f"/api/v1/auth/{path}", json=body), at_most=600, limit=30)


async def test_the_link_to_prove_an_address_is_sent_again_at_most_five_times_an_hour(
    installation: Installation,
) -> None:
    async with installation.run("auth") as auth:
        casey = await sign_up(auth, "Casey Customer")
        path = "/api/v1/auth/verify-email/request"
        for _ in range(5):
            assert (await auth.http.post(path, headers=casey.headers)).status_code == 202

        told_to_wait(await auth.http.post(path, headers=casey.headers), at_most=3600, limit=5)
