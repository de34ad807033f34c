"""Login, and the events of failed logins."""

import base64
from typing import Any

import httpx
import pytest

from common import clock
from common.events.auth import LoginFailed
from common.outbox import EventLog, EventSelection
from tests.support.credentials import logged_events, refresh_cookie
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, another_organisation, make_agent
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def log_in(auth: RunningService, **fields: Any) -> httpx.Response:
    return await auth.http.post("/api/v1/auth/login", json={"password": PASSWORD, **fields})


async def test_a_login_starts_a_session_whatever_the_case_of_the_address(
    auth: RunningService, organisation: str
) -> None:
    agent = await make_agent(auth, "Alex Agent", organisation)

    answer = await log_in(auth, email="ALEX.Agent@example.org", organisation=organisation)

    assert ok(answer)["user"] == {
        "id": str(agent.id),
        "email": "alex.agent@example.org",
        "name": "Alex Agent",
        "role": "agent",
        "organisation_id": str(agent.organisation_id),
    }
    cookie = refresh_cookie(answer)
    assert cookie is not None
    assert (cookie["httponly"], cookie["secure"], cookie["path"]) == (True, True, "/api/v1/auth")


async def test_the_key_for_browser_storage_is_the_same_at_each_login_and_of_each_user_another(
    auth: RunningService, organisation: str
) -> None:
    people = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Bea Agent")]

    keys = [
        ok(await log_in(auth, email=person.email, organisation=organisation))["storage_key"]
        for person in (*people, *people)
    ]

    assert keys[:2] == keys[2:]
    assert len(set(keys)) == len(people)
    assert {len(base64.urlsafe_b64decode(key + "=")) for key in keys} == {32}


async def test_every_failed_login_has_the_same_response(auth: RunningService, organisation: str) -> None:
    alex, gone = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Gone Agent")]
    await auth.db["users"].update_one({"_id": gone.id}, {"$set": {"active": False}})
    suspended = await another_organisation()
    locked = await make_agent(auth, "Locked Agent", suspended)
    await auth.db["organisations"].update_one({"slug": suspended}, {"$set": {"suspended_at": clock.now()}})

    answers = [
        await log_in(auth, email=alex.email, organisation=organisation, password="a wrong password"),
        await log_in(auth, email=alex.email, organisation=organisation, password=""),
        await log_in(auth, email=alex.email, organisation=suspended),
        await log_in(auth, email=alex.email, organisation="nowhere"),
        await log_in(auth, email="nobody@example.org", organisation=organisation),
        await log_in(auth, email=gone.email, organisation=organisation),
        await log_in(auth, email=gone.email, organisation=organisation, password="a wrong password"),
        await log_in(auth, email=locked.email, organisation=suspended),
    ]

    bodies = [{**problem(answer, 401, "wrong_credentials"), "request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    headers = [{**answer.headers, "x-request-id": ""} for answer in answers]
    assert all(each == headers[0] for each in headers)
    assert headers[0]["www-authenticate"].startswith("Bearer")
    assert all(refresh_cookie(answer) is None for answer in answers)


@pytest.mark.parametrize(
    ("who", "password", "reason"),
    [
        ("alex.agent@example.org", "a wrong password", "wrong_password"),
        ("nobody@example.org", PASSWORD, "unknown_account"),
        ("gone.agent@example.org", PASSWORD, "deactivated"),
    ],
)
async def test_the_event_of_a_failed_login_has_the_reason_and_the_ip_address_but_not_what_was_typed(
    auth: RunningService, organisation: str, who: str, password: str, reason: str
) -> None:
    alex, gone = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Gone Agent")]
    await auth.db["users"].update_one({"_id": gone.id}, {"$set": {"active": False}})
    ids = {alex.email: alex.id, gone.email: gone.id}

    await log_in(auth, email=who, organisation=organisation, password=password)

    [failed] = await logged_events(auth, LoginFailed, alex.organisation_id)
    assert (failed.user_id, failed.reason) == (ids.get(who), reason)
    wanted = EventSelection(type=LoginFailed.type, organisation_id=alex.organisation_id)
    [envelope] = [each async for each in EventLog(auth.db).read(wanted)]
    assert (envelope.ip, envelope.actor) == ("127.0.0.1", None)
    assert password not in envelope.model_dump_json()
    assert who not in envelope.model_dump_json()


async def test_me_returns_the_user_of_the_token_and_needs_one(auth: RunningService, organisation: str) -> None:
    agent = await make_agent(auth, "Alex Agent", organisation)

    assert ok(await auth.http.get("/api/v1/auth/me", headers=agent.headers))["id"] == str(agent.id)
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {agent.access_token[:-3]}abc"}):
        problem(await auth.http.get("/api/v1/auth/me", headers=headers), 401, "unauthenticated")
