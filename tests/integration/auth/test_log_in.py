"""Logging in, and what is said of who could not."""

from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher, extract_parameters

from common import clock
from common.events.auth import LoginFailed
from common.outbox import EventLog, EventSelection
from tests.support.cookies import refresh_cookie
from tests.support.desk import ok, problem
from tests.support.letters import said
from tests.support.people import PASSWORD, another_organisation, make_agent, sign_up
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def logged_in(auth: RunningService, **fields: Any) -> httpx.Response:
    """Asks for a session."""
    return await auth.http.post("/api/v1/auth/login", json={"password": PASSWORD, **fields})


async def test_who_has_an_account_gets_a_session_whatever_the_case_of_the_address(
    auth: RunningService, organisation: str
) -> None:
    agent = await make_agent(auth, "Alex Agent", organisation)

    answer = await logged_in(auth, email="ALEX.Agent@example.org", organisation=organisation)

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


async def test_a_wrong_password_an_unknown_person_and_an_unknown_organisation_are_answered_alike(
    auth: RunningService, organisation: str
) -> None:
    agent = await make_agent(auth, "Alex Agent", organisation)
    elsewhere = await another_organisation()

    answers = [
        await logged_in(auth, email=agent.email, organisation=organisation, password="a wrong password"),
        await logged_in(auth, email="nobody@example.org", organisation=organisation),
        await logged_in(auth, email=agent.email, organisation=elsewhere),
        await logged_in(auth, email=agent.email, organisation="nowhere"),
        await logged_in(auth, email=agent.email, organisation=organisation, password=""),
    ]

    bodies = [problem(answer, 401, "wrong_credentials") for answer in answers]
    for answer, body in zip(answers, bodies, strict=True):
        del body["request_id"]
        assert body == bodies[0]
        assert refresh_cookie(answer) is None
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_who_is_shut_out_is_answered_like_somebody_unknown_also_with_the_right_password(
    auth: RunningService, organisation: str
) -> None:
    gone = await make_agent(auth, "Gone Agent", organisation)
    await auth.db["users"].update_one({"_id": gone.id}, {"$set": {"active": False}})
    suspended = await another_organisation()
    locked = await make_agent(auth, "Locked Agent", suspended)
    await auth.db["organisations"].update_one({"slug": suspended}, {"$set": {"suspended_at": clock.now()}})

    answers = [
        await logged_in(auth, email="nobody@example.org", organisation=organisation),
        await logged_in(auth, email=gone.email, organisation=organisation),
        await logged_in(auth, email=gone.email, organisation=organisation, password="a wrong password"),
        await logged_in(auth, email=locked.email, organisation=suspended),
    ]

    bodies = [{**problem(answer, 401, "wrong_credentials"), "request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    headers = [{**answer.headers, "x-request-id": ""} for answer in answers]
    assert all(each == headers[0] for each in headers)


async def test_an_unknown_person_is_hashed_at_the_price_of_everybody(
    auth: RunningService, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hashed: str, password: str) -> bool:
        checked.append(hashed)
        return verify(self, hashed, password)

    casey = await sign_up(auth, "Casey Customer", organisation)
    [known] = await auth.db["users"].distinct("password_hash", {"_id": casey.id})
    monkeypatch.setattr(PasswordHasher, "verify", counted)
    await logged_in(auth, email="nobody@example.org", organisation=organisation)

    [hashed] = checked
    assert extract_parameters(hashed) == extract_parameters(known)


@pytest.mark.parametrize(
    ("who", "password", "reason"),
    [
        ("alex.agent@example.org", "a wrong password", "wrong_password"),
        ("nobody@example.org", PASSWORD, "unknown_account"),
        ("gone.agent@example.org", PASSWORD, "deactivated"),
    ],
)
async def test_the_audit_trail_is_told_why_and_from_where_but_not_what_was_typed(
    auth: RunningService, organisation: str, who: str, password: str, reason: str
) -> None:
    alex, gone = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Gone Agent")]
    await auth.db["users"].update_one({"_id": gone.id}, {"$set": {"active": False}})
    ids = {alex.email: alex.id, gone.email: gone.id}

    await logged_in(auth, email=who, organisation=organisation, password=password)

    [failed] = await said(auth, LoginFailed, alex.organisation_id)
    assert (failed.user_id, failed.reason) == (ids.get(who), reason)
    wanted = EventSelection(type=LoginFailed.type, organisation_id=alex.organisation_id)
    [envelope] = [each async for each in EventLog(auth.db).read(wanted)]
    assert (envelope.ip, envelope.actor) == ("127.0.0.1", None)
    assert password not in envelope.model_dump_json()
    assert who not in envelope.model_dump_json()


@pytest.mark.parametrize("field", ["email", "password"])
async def test_a_missing_field_is_named(auth: RunningService, field: str) -> None:
    body = {"email": "casey@example.org", "password": PASSWORD}
    del body[field]

    answer = await auth.http.post("/api/v1/auth/login", json=body)

    assert [wrong["field"] for wrong in problem(answer, 422, "invalid")["errors"]] == [field]


async def test_broken_json_is_malformed(auth: RunningService) -> None:
    answer = await auth.http.post(
        "/api/v1/auth/login", content=b'{"email": ', headers={"Content-Type": "application/json"}
    )

    problem(answer, 400, "malformed_json")


async def test_me_is_who_the_token_says_and_nobody_without_one(auth: RunningService, organisation: str) -> None:
    agent = await make_agent(auth, "Alex Agent", organisation)

    assert ok(await auth.http.get("/api/v1/auth/me", headers=agent.headers))["id"] == str(agent.id)
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {agent.access_token[:-3]}abc"}):
        problem(await auth.http.get("/api/v1/auth/me", headers=headers), 401, "unauthenticated")
