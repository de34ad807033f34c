"""Keeping a session alive: refresh tokens rotate, and one that comes back too late ends the session."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import jwt
import pytest
import pytest_asyncio

from common.events import Envelope
from common.events.auth import SessionRevoked
from common.outbox import EventLog
from tests.support.cookies import refresh_cookie, refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, make_agent
from tests.support.services import Installation, RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def strict(shared_installation: Installation) -> AsyncIterator[RunningService]:
    """auth that gives a replaced refresh token no grace."""
    async with shared_installation.run("auth", rate_limits=False, refresh_grace_seconds=0) as auth:
        yield auth


async def logged_in(auth: RunningService, name: str) -> httpx.Response:
    """A session of somebody new."""
    agent = await make_agent(auth, name)
    return await auth.http.post("/api/v1/auth/login", json={"email": agent.email, "password": PASSWORD})


async def refreshed(auth: RunningService, token: str) -> httpx.Response:
    """What a browser sends when its access token has run out."""
    return await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(token))


async def me(auth: RunningService, answer: httpx.Response) -> httpx.Response:
    """Asks with the access token of an answer."""
    return await auth.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {answer.json()['access_token']}"})


def session_of(answer: httpx.Response) -> UUID:
    """The id of the session an answer belongs to."""
    claims = jwt.decode(answer.json()["access_token"], options={"verify_signature": False})
    return UUID(claims["sid"])


async def test_each_refresh_gives_new_tokens_of_the_same_session(strict: RunningService) -> None:
    first = await logged_in(strict, "Rita Rotates")

    second = await refreshed(strict, refresh_token(first))
    third = await refreshed(strict, refresh_token(second))

    assert len({refresh_token(answer) for answer in (first, second, third)}) == 3
    assert {session_of(answer) for answer in (first, second, third)} == {session_of(first)}
    assert ok(third)["user"] == ok(first)["user"]
    ok(await me(strict, third))


async def test_a_token_used_again_after_the_grace_ends_the_session_for_everybody_who_holds_one(
    strict: RunningService,
) -> None:
    first = await logged_in(strict, "Vera Victim")
    second = await refreshed(strict, refresh_token(first))

    problem(await refreshed(strict, refresh_token(first)), 401, "session_ended")

    problem(await refreshed(strict, refresh_token(second)), 401, "session_ended")
    for answer in (first, second):
        problem(await me(strict, answer), 401, "session_ended")

    async def revoked() -> Envelope:
        events = await EventLog(strict.db).of_aggregate(session_of(first))
        assert [event.action for event in events] == ["session.started", "session.revoked"]
        return events[-1]

    event = await eventually(revoked)
    assert SessionRevoked.model_validate(event.data).reason == "refresh_token_reused"
    assert event.actor is None
    assert event.organisation_id == UUID(first.json()["user"]["organisation_id"])


async def test_only_the_session_whose_token_was_used_again_ends(strict: RunningService) -> None:
    one = await logged_in(strict, "Tom Twodevices")
    body = {"email": one.json()["user"]["email"], "password": PASSWORD}
    other = await strict.http.post("/api/v1/auth/login", json=body)
    await refreshed(strict, refresh_token(one))

    problem(await refreshed(strict, refresh_token(one)), 401, "session_ended")

    ok(await refreshed(strict, refresh_token(other)))


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
async def test_without_a_token_of_a_session_there_is_nothing_to_refresh(
    strict: RunningService, headers: dict[str, str]
) -> None:
    answer = await strict.http.post("/api/v1/auth/refresh", headers=headers)

    problem(answer, 401, "no_session")
    assert refresh_cookie(answer) is None


async def test_a_session_that_ran_out_is_not_refreshed(strict: RunningService) -> None:
    answer = await logged_in(strict, "Oscar Old")
    session = {"_id": session_of(answer)}
    [stored] = await strict.db["sessions"].find(session).to_list()
    await strict.db["sessions"].update_one(session, {"$set": {"expires_at": stored["started_at"]}})

    problem(await refreshed(strict, refresh_token(answer)), 401, "session_ended")
    problem(await me(strict, answer), 401, "session_ended")


async def test_somebody_inactive_is_not_refreshed(strict: RunningService) -> None:
    answer = await logged_in(strict, "Ina Inactive")
    id_ = UUID(answer.json()["user"]["id"])
    await strict.db["users"].update_one({"_id": id_}, {"$set": {"active": False}})

    problem(await refreshed(strict, refresh_token(answer)), 401, "session_ended")


async def test_no_refresh_token_is_stored_as_it_is(strict: RunningService) -> None:
    first = await logged_in(strict, "Sue Secret")
    second = await refreshed(strict, refresh_token(first))

    [stored] = await strict.db["sessions"].find({"_id": session_of(first)}).to_list()
    for answer in (first, second):
        assert refresh_token(answer).partition(".")[2] not in str(stored)


async def test_two_tabs_that_refresh_at_once_both_stay_logged_in(installation: Installation) -> None:
    async with installation.run("auth", rate_limits=False) as auth:
        for number in range(4):
            first = await logged_in(auth, f"Two Tabs {number}")

            answers = await asyncio.gather(*(refreshed(auth, refresh_token(first)) for _ in range(2)))

            for answer in answers:
                ok(await me(auth, answer))
            [newest] = [answer for answer in answers if refresh_cookie(answer) is not None]
            ok(await refreshed(auth, refresh_token(newest)))
            # The token before the last one is no longer one that was just replaced.
            problem(await refreshed(auth, refresh_token(first)), 401, "session_ended")
