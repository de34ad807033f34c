"""Rate limits of public and sensitive routes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from auth.hashing_queue import HashingQueue, Place
from common import clock
from tests.support.credentials import first_step, issued_links, second_step, set_up
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, another_organisation, make_admin, make_agent, make_person, sign_up
from tests.support.services import Installation, RunningService
from tests.support.subprocesses import replica

pytestmark = pytest.mark.asyncio(loop_scope="module")

WRONG = "a wrong password"
FROM_ELSEWHERE = {"X-Forwarded-For": "192.0.2.77"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def auth(shared_installation: Installation) -> AsyncIterator[RunningService]:
    """With rate limits, behind one proxy: callers are counted per organisation, so each test has its own counts."""
    async with shared_installation.run("auth", trusted_proxies=1) as auth:
        yield auth


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def proxied(shared_installation: Installation, auth: RunningService) -> AsyncIterator[httpx.AsyncClient]:
    """A replica behind one proxy."""
    async with replica(shared_installation, "auth", "api", trusted_proxies=1) as http:
        yield http


async def request_reset(auth: RunningService, email: str, organisation: str) -> int:
    body = {"email": email, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/forgot-password", json=body)
    return answer.status_code


async def end_window(auth: RunningService, limit: str) -> None:
    found = {"_id": {"$regex": f"^{limit}:"}}
    assert (await auth.db["rate_limits"].update_many(found, {"$set": {"ends_at": clock.now()}})).matched_count


async def attempt_login(
    http: httpx.AsyncClient,
    email: str,
    organisation: str,
    password: str = PASSWORD[::-1],
    forwarded_for: str | None = None,
) -> httpx.Response:
    body = {"email": email, "password": password, "organisation": organisation}
    headers = {"X-Forwarded-For": forwarded_for} if forwarded_for else {}
    return await http.post("/api/v1/auth/login", json=body, headers=headers)


def assert_login_limited(answer: httpx.Response, *, at_most: int, limit: int) -> None:
    assert_limited(answer, at_most=at_most, limit=limit, code="too_many_failed_logins")


def assert_limited(answer: httpx.Response, *, at_most: int, limit: int, code: str = "too_many_requests") -> None:
    problem(answer, 429, code)
    assert 1 <= int(answer.headers["Retry-After"]) <= at_most
    assert answer.headers["RateLimit-Limit"] == str(limit)
    assert answer.headers["RateLimit-Remaining"] == "0"


async def test_logins_to_an_address_are_limited_to_five_in_ten_minutes_in_any_spelling(auth: RunningService) -> None:
    await auth.http.post("/api/v1/auth/signup", json={"email": "casey@example.org", "password": PASSWORD})
    spellings: list[dict[str, Any]] = [
        {"email": "casey@example.org"},
        {"email": "CASEY@example.org"},
        {"email": " casey@example.org "},
        {"email": "casey@example.org", "organisation": "default"},
        {"email": "casey@example.org", "organisation": ""},
    ]
    for spelling in spellings:
        answer = await auth.http.post("/api/v1/auth/login", json={"password": "wrong", **spelling})
        problem(answer, 401, "wrong_credentials")

    refused = await attempt_login(auth.http, "Casey@example.org", "default", PASSWORD)

    assert_login_limited(refused, at_most=600, limit=5)
    problem(await attempt_login(auth.http, "other@example.org", "default"), 401, "wrong_credentials")


async def test_logins_from_an_ip_address_are_limited_to_ten_in_ten_minutes_whatever_a_header_claims(
    auth: RunningService, organisation: str
) -> None:
    for number in range(10):
        answer = await attempt_login(auth.http, f"casey{number}@example.org", organisation)
        problem(answer, 401, "wrong_credentials")

    refused = await attempt_login(
        auth.http, "casey10@example.org", organisation, forwarded_for="203.0.113.7, 127.0.0.1"
    )

    assert_login_limited(refused, at_most=600, limit=10)


async def test_behind_a_trusted_proxy_each_client_has_its_own_limit(
    proxied: httpx.AsyncClient, organisation: str
) -> None:
    for number in range(11):
        clients = f"198.51.100.1, 203.0.113.{number}"
        answer = await attempt_login(proxied, f"casey{number}@example.org", organisation, forwarded_for=clients)

        problem(answer, 401, "wrong_credentials")


async def test_sign_ups_from_an_ip_address_are_limited_to_five_an_hour(auth: RunningService, organisation: str) -> None:
    casey, *_ = [await sign_up(auth, f"Casey {number}", organisation) for number in range(5)]

    body = {"email": "casey5@example.org", "password": PASSWORD, "organisation": organisation}
    refused = await auth.http.post("/api/v1/auth/signup", json=body)

    assert_limited(refused, at_most=3600, limit=5)
    assert await auth.db["users"].count_documents({"organisation_id": casey.organisation_id}) == 5


async def test_the_addresses_of_an_ipv6_network_share_their_limits(auth: RunningService, organisation: str) -> None:
    async def sign_up_from(address: str) -> httpx.Response:
        email = f"casey-{uuid4()}@example.org"
        body = {"email": email, "password": PASSWORD, "organisation": organisation}
        return await auth.http.post("/api/v1/auth/signup", json=body, headers={"X-Forwarded-For": address})

    for number in range(5):
        ok(await sign_up_from(f"2001:db8:1:1::{number}"), 201)
    assert_limited(await sign_up_from("2001:db8:1:1:ffff::5"), at_most=3600, limit=5)

    for number in range(15):
        ok(await sign_up_from(f"2001:db8:1:{number + 2:x}::1"), 201)
    assert_limited(await sign_up_from("2001:db8:1:ff::1"), at_most=3600, limit=20)
    ok(await sign_up_from("2001:db8:2:1::1"), 201)


async def test_replicas_share_the_count(auth: RunningService, proxied: httpx.AsyncClient, organisation: str) -> None:
    replicas = (auth.http, proxied)

    answers = await asyncio.gather(
        *(attempt_login(http, "casey@example.org", organisation) for http in replicas for _ in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [401] * 5 + [429] * 3
    for http in replicas:
        assert_login_limited(await attempt_login(http, "casey@example.org", organisation), at_most=600, limit=5)


async def test_reset_links_are_limited_to_five_an_hour_whether_the_account_exists_or_not(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    for email in (alex.email, "nobody@example.org"):
        for _ in range(5):
            assert await request_reset(auth, email, organisation) == 202

        assert await request_reset(auth, email.upper(), organisation) == 429

    await end_window(auth, "forgot_password_per_email")
    assert await request_reset(auth, alex.email, organisation) == 202


async def test_a_window_ends_and_limits_are_counted_separately(auth: RunningService, organisation: str) -> None:
    elsewhere = await another_organisation()
    for _ in range(5):
        problem(await attempt_login(auth.http, "casey@example.org", organisation), 401, "wrong_credentials")
    assert_login_limited(await attempt_login(auth.http, "casey@example.org", organisation), at_most=600, limit=5)

    problem(await attempt_login(auth.http, "other@example.org", organisation), 401, "wrong_credentials")
    problem(await attempt_login(auth.http, "casey@example.org", elsewhere), 401, "wrong_credentials")
    assert await request_reset(auth, "casey@example.org", organisation) == 202
    await sign_up(auth, "Casey", organisation)
    await end_window(auth, "login_per_email")
    problem(await attempt_login(auth.http, "casey@example.org", organisation), 401, "wrong_credentials")


async def test_an_organisation_can_loosen_its_own_limits_only(auth: RunningService, organisation: str) -> None:
    ada, elsewhere = await make_admin(auth, "Ada Admin", organisation), await another_organisation()
    change = {"settings": {"rate_limits": {"login_per_email": 7, "login_per_ip": 100}}}
    ok(await auth.http.patch("/api/v1/organisation", json=change, headers=ada.headers))

    for slug, limit in [(organisation, 7), (elsewhere, 5)]:
        for _ in range(limit):
            problem(await attempt_login(auth.http, "casey@example.org", slug), 401, "wrong_credentials")
        assert_login_limited(await attempt_login(auth.http, "casey@example.org", slug), at_most=600, limit=limit)


async def test_codes_are_limited_to_ten_an_hour_over_all_logins(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    guesses = 0
    while guesses < 10:
        token = await first_step(auth, alex, organisation)
        for _ in range(min(4, 10 - guesses)):
            problem(await second_step(auth, token, app.wrong_code()), 401, "wrong_code")
            guesses += 1

    refused = await second_step(auth, await first_step(auth, alex, organisation), app.code())
    assert_login_limited(refused, at_most=3600, limit=10)


async def test_in_a_session_the_current_password_can_be_guessed_five_times(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    body = {"current_password": "a wrong password", "new_password": "an entirely new password"}
    path = "/api/v1/auth/change-password"
    for _ in range(5):
        problem(await auth.http.post(path, json=body, headers=alex.headers), 422, "wrong_password")

    body["current_password"] = PASSWORD
    assert_limited(await auth.http.post(path, json=body, headers=alex.headers), at_most=600, limit=5)


async def invite_verified_customer(auth: RunningService, organisation: str) -> str:
    """The token of the link, which gives them another role."""
    ada = await make_admin(auth, "Ada Admin", organisation)
    casey = await make_person(auth, "customer", "Casey Customer", organisation)
    new = {"email": casey.email, "name": "Casey Customer", "role": "agent"}
    ok(await auth.http.post("/api/v1/users/invitations", json=new, headers=ada.headers), 201)
    [link] = await issued_links(auth, "invitation", ada.organisation_id)
    return link.token


async def test_with_an_invitation_the_password_of_an_account_can_be_guessed_five_times(
    auth: RunningService, organisation: str
) -> None:
    body = {"token": await invite_verified_customer(auth, organisation), "password": WRONG}
    path = "/api/v1/auth/accept-invitation"
    for _ in range(5):
        problem(await auth.http.post(path, json=body, headers=FROM_ELSEWHERE), 422, "wrong_password")

    body["password"] = PASSWORD
    assert_limited(await auth.http.post(path, json=body, headers=FROM_ELSEWHERE), at_most=600, limit=5)


async def test_who_follows_a_link_without_a_session_waits_with_the_strangers(
    auth: RunningService, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    invitation = await invite_verified_customer(auth, organisation)
    vera = await sign_up(auth, "Vera Victim", organisation)
    [verification] = await issued_links(auth, "verify_email", vera.organisation_id)
    reserve, lanes = HashingQueue.reserve, list[bool]()

    def observed(self: HashingQueue, *, known_device: bool) -> AbstractContextManager[Place]:
        lanes.append(known_device)
        return reserve(self, known_device=known_device)

    monkeypatch.setattr(HashingQueue, "reserve", observed)
    for path, token in (("accept-invitation", invitation), ("verify-email", verification.token)):
        body = {"token": token, "password": WRONG}
        answer = await auth.http.post(f"/api/v1/auth/{path}", json=body, headers=FROM_ELSEWHERE)
        problem(answer, 422, "wrong_password")

    assert lanes == [False, False]


async def test_link_tokens_from_an_ip_address_are_limited_to_thirty_over_all_routes(auth: RunningService) -> None:
    bodies: list[tuple[str, dict[str, str]]] = [
        ("reset-password", {"token": "x", "password": PASSWORD}),
        ("verify-email", {"token": "x"}),
        ("accept-invitation", {"token": "x", "password": PASSWORD}),
    ]
    for _ in range(10):
        for path, body in bodies:
            problem(await auth.http.post(f"/api/v1/auth/{path}", json=body), 422, "invalid_token")

    for path, body in bodies:
        assert_limited(await auth.http.post(f"/api/v1/auth/{path}", json=body), at_most=600, limit=30)


async def test_verification_links_are_limited_to_five_an_hour(auth: RunningService, organisation: str) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)
    path = "/api/v1/auth/verify-email/request"
    for _ in range(5):
        assert (await auth.http.post(path, headers=casey.headers)).status_code == 202

    assert_limited(await auth.http.post(path, headers=casey.headers), at_most=3600, limit=5)


async def test_a_repeated_sign_up_is_answered_when_the_limit_is_reached(
    auth: RunningService, organisation: str
) -> None:
    async def sign_up_again(number: int, password: str = PASSWORD) -> httpx.Response:
        body = {"email": f"casey{number}@example.org", "password": password, "organisation": organisation}
        return await auth.http.post("/api/v1/auth/signup", json=body, headers={"Idempotency-Key": f"key-{number}"})

    users = [ok(await sign_up_again(number), 201)["user"] for number in range(5)]

    assert ok(await sign_up_again(4), 201)["user"] == users[4]
    problem(await sign_up_again(5), 429, "too_many_requests")


async def test_a_repeated_sign_up_cannot_be_used_to_guess_a_password(auth: RunningService, organisation: str) -> None:
    async def repeat(password: str) -> httpx.Response:
        body = {"email": "casey@example.org", "password": password, "organisation": organisation}
        return await auth.http.post("/api/v1/auth/signup", json=body, headers={"Idempotency-Key": "key"})

    ok(await repeat(PASSWORD), 201)
    for _ in range(5):
        problem(await repeat("a wrong guess of it"), 401, "wrong_credentials")

    assert_login_limited(await repeat(PASSWORD), at_most=600, limit=5)
