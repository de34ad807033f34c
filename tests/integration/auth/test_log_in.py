"""Logging in, and what is said of who could not."""

from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher

from tests.support.cookies import refresh_cookie
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, another_organisation, make_agent
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


async def test_somebody_inactive_is_answered_like_somebody_unknown(auth: RunningService, organisation: str) -> None:
    agent = await make_agent(auth, "Alex Agent", organisation)
    await auth.db["users"].update_one({"_id": agent.id}, {"$set": {"active": False}})

    problem(await logged_in(auth, email=agent.email, organisation=organisation), 401, "wrong_credentials")


async def test_an_unknown_person_costs_as_much_hashing_as_a_wrong_password(
    auth: RunningService, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hashed: str, password: str) -> bool:
        checked.append(hashed)
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    await logged_in(auth, email="nobody@example.org", organisation=organisation)
    await logged_in(auth, email="nobody@example.org", organisation="nowhere")

    assert len(checked) == 2
    assert {hashed.rpartition("$")[0].rpartition("$")[0] for hashed in checked} == {"$argon2id$v=19$m=65536,t=3,p=4"}


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
