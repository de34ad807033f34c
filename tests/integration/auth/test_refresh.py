"""Refresh tokens rotate, and one whose successor was used revokes the session."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
import pytest_asyncio

from common import clock
from common.events.auth import SessionRevoked
from tests.support.credentials import history, refresh_cookie, refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, make_agent
from tests.support.services import Installation, RunningService
from tests.support.subprocesses import replica

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(shared_installation: Installation, auth: RunningService) -> AsyncIterator[RunningService]:
    """A replica without a grace period for the previous refresh token."""
    origins = ["https://shop.example.com"]
    settings: dict[str, Any] = {"rate_limits": False, "refresh_grace_seconds": 0, "cors_origins": origins}
    async with replica(shared_installation, "auth", "api", **settings) as http:
        yield dataclasses.replace(auth, http=http)


async def log_in(auth: RunningService, name: str) -> httpx.Response:
    """A login of a new agent."""
    agent = await make_agent(auth, name)
    return await auth.http.post("/api/v1/auth/login", json={"email": agent.email, "password": PASSWORD})


async def refresh(auth: RunningService, token: str) -> httpx.Response:
    return await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(token))


async def get_me(auth: RunningService, answer: httpx.Response) -> httpx.Response:
    """With the access token of an answer."""
    return await auth.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})


def session_id(answer: httpx.Response) -> UUID:
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    return UUID(claims["sid"])


async def test_each_refresh_returns_new_tokens_of_the_same_session(strict: RunningService) -> None:
    first = await log_in(strict, "Rita Rotates")

    second = await refresh(strict, refresh_token(first))
    third = await refresh(strict, refresh_token(second))

    assert len({refresh_token(answer) for answer in (first, second, third)}) == 3
    assert {session_id(answer) for answer in (first, second, third)} == {session_id(first)}
    assert ok(third)["user"] == ok(first)["user"]
    ok(await get_me(strict, third))


async def test_a_lost_answer_does_not_end_the_session(strict: RunningService) -> None:
    first = await log_in(strict, "Lena Lost")
    await refresh(strict, refresh_token(first))  # its answer does not arrive

    second = await refresh(strict, refresh_token(first))
    await refresh(strict, refresh_token(second))  # neither does this one
    third = await refresh(strict, refresh_token(second))
    fourth = await refresh(strict, refresh_token(third))

    assert {session_id(answer) for answer in (second, third, fourth)} == {session_id(first)}
    ok(await get_me(strict, fourth))


async def test_a_token_whose_successor_was_used_revokes_the_session_with_all_its_tokens(
    strict: RunningService,
) -> None:
    first = await log_in(strict, "Vera Victim")
    second = await refresh(strict, refresh_token(first))
    third = await refresh(strict, refresh_token(second))

    problem(await refresh(strict, refresh_token(first)), 401, "session_ended")

    problem(await refresh(strict, refresh_token(third)), 401, "session_ended")
    for answer in (first, second, third):
        problem(await get_me(strict, answer), 401, "session_ended")

    started, event = await history(strict, session_id(first), length=2)
    assert (started.action, event.action) == ("session.started", "session.revoked")
    assert SessionRevoked.model_validate(event.data).reason == "refresh_token_reused"
    assert event.actor is None
    assert event.organisation_id == UUID(first.json()["user"]["organisation_id"])


async def test_a_token_that_was_replaced_because_its_answer_seemed_lost_revokes_the_session(
    strict: RunningService,
) -> None:
    first = await log_in(strict, "Theo Theft")
    owner = await refresh(strict, refresh_token(first))
    thief = await refresh(strict, refresh_token(first))

    problem(await refresh(strict, refresh_token(owner)), 401, "session_ended")

    problem(await refresh(strict, refresh_token(thief)), 401, "session_ended")


async def test_a_lost_answer_can_be_asked_for_again_within_a_day(strict: RunningService) -> None:
    for hours, status in ((23, 200), (25, 401)):
        first = await log_in(strict, f"Lucy Late {hours}")
        await refresh(strict, refresh_token(first))
        session = {"_id": session_id(first)}
        [stored] = await strict.db["sessions"].find(session).to_list()
        earlier = {name: stored[name] - timedelta(hours=hours) for name in ("rotated_at", "retry_until")}
        await strict.db["sessions"].update_one(session, {"$set": earlier})

        assert (await refresh(strict, refresh_token(first))).status_code == status


async def test_a_session_ends_thirty_days_after_the_login_however_often_it_is_refreshed(
    strict: RunningService,
) -> None:
    answer = await log_in(strict, "Ludwig Long")
    session = {"_id": session_id(answer)}
    started_at = clock.now() - timedelta(days=29, hours=12)
    await strict.db["sessions"].update_one(session, {"$set": {"started_at": started_at}})

    refreshed = await refresh(strict, refresh_token(answer))

    [stored] = await strict.db["sessions"].find(session).to_list()
    assert stored["expires_at"] == started_at + timedelta(days=30)
    cookie = refresh_cookie(refreshed)
    assert cookie is not None
    assert int(cookie["max-age"]) <= 12 * 3600


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 200),
        ("https://desk.example.com", 200),
        ("https://shop.example.com", 200),
        ("https://evil.example", 403),
        ("https://evil.desk.example.com", 403),
        ("https://desk.example.com:8443", 403),
        ("null", 403),
        ("http://[", 403),
    ],
)
async def test_only_pages_of_the_same_host_and_listed_origins_can_refresh(
    strict: RunningService, origin: str | None, status: int
) -> None:
    answer = await log_in(strict, f"Olga Origin {uuid4()}")
    headers = {**with_cookie(refresh_token(answer)), "Host": "desk.example.com"}

    refreshed = await strict.http.post(
        "/api/v1/auth/refresh", headers=headers if origin is None else {**headers, "Origin": origin}
    )

    assert refreshed.status_code == status
    if status == 403:
        assert problem(refreshed, 403, "origin_not_allowed")
        ok(await refresh(strict, refresh_token(answer)))


async def test_the_cookie_cannot_be_set_by_a_page_without_tls(strict: RunningService) -> None:
    answer = await log_in(strict, "Pia Prefix")

    names = [header.partition("=")[0] for header in answer.headers.get_list("set-cookie")]
    assert names == ["__Secure-helpdesk_device", "__Secure-helpdesk_refresh"]


async def test_other_sessions_of_the_user_continue(strict: RunningService) -> None:
    one = await log_in(strict, "Tom Twodevices")
    body = {"email": one.json()["user"]["email"], "password": PASSWORD}
    other = await strict.http.post("/api/v1/auth/login", json=body)
    await refresh(strict, refresh_token(await refresh(strict, refresh_token(one))))

    problem(await refresh(strict, refresh_token(one)), 401, "session_ended")

    ok(await refresh(strict, refresh_token(other)))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        with_cookie(""),
        with_cookie("nonsense"),
        with_cookie("01a1fc08-dea7-731b-b70b-5d84560f9de0.nonsense"),
        {"Cookie": "another=1"},
    ],
)
async def test_a_refresh_without_a_token_of_a_session_is_refused(
    strict: RunningService, headers: dict[str, str]
) -> None:
    answer = await strict.http.post("/api/v1/auth/refresh", headers=headers)

    problem(answer, 401, "no_session")
    assert refresh_cookie(answer) is None


async def test_an_expired_session_is_not_refreshed(strict: RunningService) -> None:
    answer = await log_in(strict, "Oscar Old")
    session = {"_id": session_id(answer)}
    [stored] = await strict.db["sessions"].find(session).to_list()
    await strict.db["sessions"].update_one(session, {"$set": {"expires_at": stored["started_at"]}})

    problem(await refresh(strict, refresh_token(answer)), 401, "session_ended")
    problem(await get_me(strict, answer), 401, "session_ended")


async def test_a_session_of_a_deactivated_user_is_not_refreshed(strict: RunningService) -> None:
    answer = await log_in(strict, "Ina Inactive")
    id_ = UUID(answer.json()["user"]["id"])
    await strict.db["users"].update_one({"_id": id_}, {"$set": {"active": False}})

    problem(await refresh(strict, refresh_token(answer)), 401, "session_ended")


async def test_two_tabs_that_refresh_at_the_same_time_both_stay_logged_in(auth: RunningService) -> None:
    for number in range(4):
        first = await log_in(auth, f"Two Tabs {number}")

        answers = await asyncio.gather(*(refresh(auth, refresh_token(first)) for _ in range(2)))

        for answer in answers:
            ok(await get_me(auth, answer))
        [newest] = [answer for answer in answers if refresh_cookie(answer) is not None]
        ok(await refresh(auth, refresh_token(newest)))
        # The grace period covers only the token before the current one.
        problem(await refresh(auth, refresh_token(first)), 401, "session_ended")
