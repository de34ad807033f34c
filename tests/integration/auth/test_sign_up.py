"""Sign-up."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from common import clock
from common.events.auth import UserRegistered
from tests.support.credentials import refresh_cookie
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.messaging import read_event_log
from tests.support.people import PASSWORD, another_organisation
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def sign_up(auth: RunningService, organisation: str, *, key: str | None = None, **fields: Any) -> httpx.Response:
    body = {"email": "casey@example.org", "password": PASSWORD, "organisation": organisation, **fields}
    headers = {} if key is None else {"Idempotency-Key": key}
    return await auth.http.post("/api/v1/auth/signup", json=body, headers=headers)


async def users_of(auth: RunningService, organisation: str) -> list[dict[str, Any]]:
    found = await auth.db["organisations"].find_one({"slug": organisation})
    assert found is not None
    return await auth.db["users"].find({"organisation_id": found["_id"]}).to_list()


async def test_a_new_user_is_a_customer_and_logged_in(auth: RunningService, organisation: str) -> None:
    answer = await sign_up(auth, organisation, email="Casey@Example.org", name="Casey C.")

    body = ok(answer, 201)
    assert (body["token_type"], body["expires_in"]) == ("bearer", 900)
    assert (body["user"]["email"], body["user"]["name"], body["user"]["role"]) == (
        "Casey@example.org",
        "Casey C.",
        "customer",
    )
    me = await auth.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert body["user"].items() <= ok(me).items()


async def test_the_refresh_token_is_in_a_cookie_for_auth_only_that_scripts_cannot_read(
    auth: RunningService, organisation: str
) -> None:
    answer = await sign_up(auth, organisation)

    cookie = refresh_cookie(answer)
    assert cookie is not None
    assert (cookie["httponly"], cookie["secure"]) == (True, True)
    assert (cookie["samesite"].lower(), cookie["path"], cookie["domain"]) == ("strict", "/api/v1/auth", "")
    assert cookie["max-age"] == str(7 * 24 * 3600)
    assert cookie.value not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


async def test_the_default_name_is_the_local_part_of_the_address(auth: RunningService, organisation: str) -> None:
    assert ok(await sign_up(auth, organisation), 201)["user"]["name"] == "casey"


async def test_an_address_is_unique_whatever_the_case(auth: RunningService, organisation: str) -> None:
    ok(await sign_up(auth, organisation, email="Casey@Example.org"), 201)

    problem(await sign_up(auth, organisation, email="cASEY@exAMPLE.org "), 409, "email_taken")
    [user] = await users_of(auth, organisation)
    assert user["email"] == "Casey@example.org"


async def test_an_address_can_be_used_again_in_another_organisation(auth: RunningService, organisation: str) -> None:
    here = ok(await sign_up(auth, organisation), 201)["user"]
    there = ok(await sign_up(auth, await another_organisation()), 201)["user"]

    assert here["organisation_id"] != there["organisation_id"]
    assert here["id"] != there["id"]


async def test_of_concurrent_sign_ups_with_one_address_one_succeeds(auth: RunningService, organisation: str) -> None:
    answers = await asyncio.gather(*(sign_up(auth, organisation) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert len(await users_of(auth, organisation)) == 1


@pytest.mark.parametrize(
    ("password", "hint"),
    [
        ("1234567", "8 to 128"),
        ("x" * 129, "8 to 128"),
        ("sunshine", "easy to guess"),
        ("SunShine", "easy to guess"),
        ("casey@example.org", "email"),
        ("CASEY@example.org", "email"),
    ],
)
async def test_a_weak_password_is_refused_with_a_hint_and_not_repeated(
    auth: RunningService, organisation: str, password: str, hint: str
) -> None:
    answer = await sign_up(auth, organisation, password=password)

    body = problem(answer, 422, "invalid")
    [wrong] = body["errors"]
    assert wrong["field"] == "password"
    assert hint in wrong["message"]
    if hint != "email":
        assert password not in answer.text
    assert await users_of(auth, organisation) == []


@pytest.mark.parametrize("password", ["xkŋ7µ-qz", "battery horse " * 9, "pässwörter 🔑", "  spaces count  "])
async def test_any_other_password_is_accepted(auth: RunningService, organisation: str, password: str) -> None:
    ok(await sign_up(auth, organisation, password=password), 201)

    body = {"email": "casey@example.org", "password": password, "organisation": organisation}
    ok(await auth.http.post("/api/v1/auth/login", json=body))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nonsense"}, "email"),
        ({"email": "a@b@example.org"}, "email"),
        ({"email": "casey@example.org\nBcc: eve@example.org"}, "email"),
        ({"email": f"{'x' * 250}@example.org"}, "email"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"password": "x" * 1001}, "password"),
        ({"role": "admin"}, "role"),
        ({"organisation_id": "x"}, "organisation_id"),
    ],
)
async def test_an_invalid_or_unknown_field_is_named_and_no_account_is_created(
    auth: RunningService, organisation: str, wrong: dict[str, str], field: str
) -> None:
    body = problem(await sign_up(auth, organisation, **wrong), 422, "invalid")

    assert [each["field"] for each in body["errors"]] == [field]
    assert await users_of(auth, organisation) == []


async def test_a_sign_up_does_not_tell_which_organisations_exist(auth: RunningService, organisation: str) -> None:
    closed, suspended = organisation, await another_organisation()
    stored = auth.db["organisations"]
    await stored.update_one({"slug": closed}, {"$set": {"settings.open_sign_up": False}})
    await stored.update_one({"slug": suspended}, {"$set": {"suspended_at": clock.now()}})

    answers = [await sign_up(auth, slug, password=organisation) for slug in (closed, suspended, "nowhere")]

    bodies = [{**problem(answer, 403, "sign_up_closed"), "request_id": ""} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    headers = [{**answer.headers, "x-request-id": ""} for answer in answers]
    assert all(each == headers[0] for each in headers)
    assert await users_of(auth, closed) == []


async def test_a_repeated_sign_up_returns_the_same_account_and_starts_another_session(
    auth: RunningService, organisation: str
) -> None:
    first = await sign_up(auth, organisation, key=organisation)
    again = await sign_up(auth, organisation, key=organisation)

    assert ok(first, 201)["user"] == ok(again, 201)["user"]
    assert len(await users_of(auth, organisation)) == 1
    tokens = [answer.json()["access_token"] for answer in (first, again)]
    assert len(set(tokens)) == 2
    for token in tokens:
        ok(await auth.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"}))


async def test_a_repeated_sign_up_needs_the_password(auth: RunningService, organisation: str) -> None:
    ok(await sign_up(auth, organisation, key=organisation), 201)

    stolen = await sign_up(auth, organisation, key=organisation, password="another battery staple")

    problem(stolen, 401, "wrong_credentials")
    assert refresh_cookie(stolen) is None


async def test_concurrent_repeats_of_a_sign_up_create_one_account_and_all_succeed(
    auth: RunningService, organisation: str
) -> None:
    answers = await asyncio.gather(*(sign_up(auth, organisation, key=organisation) for _ in range(5)))

    assert {ok(answer, 201)["user"]["id"] for answer in answers} == {answers[0].json()["user"]["id"]}
    assert len(await users_of(auth, organisation)) == 1


async def test_a_sign_up_publishes_the_new_user_once(auth: RunningService, organisation: str) -> None:
    user = ok(await sign_up(auth, organisation), 201)["user"]

    async def logged() -> UserRegistered:
        events = await read_event_log(auth.db, UUID(user["id"]))
        assert [event.action for event in events] == [
            "user.registered",
            "email_verification.requested",
            "secret_link.issued",
        ]
        return UserRegistered.model_validate(events[0].data)

    person = (await eventually(logged)).person
    assert (str(person.id), person.email, person.role, person.active) == (user["id"], user["email"], "customer", True)
