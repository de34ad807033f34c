"""New passwords: changed with the current one, or reset with a link."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from auth.account.password_reset_requests import PasswordResetQueue, PasswordResetRequest
from common import clock
from common.events.auth import PasswordChanged
from tests.support.credentials import history, issued_links, refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person, log_in, make_agent, make_organisation, make_outsider
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEW = "an entirely new password"


async def attempt_login(auth: RunningService, person: Person, organisation: str, password: str) -> httpx.Response:
    body = {"email": person.email, "password": password, "organisation": organisation}
    return await auth.http.post("/api/v1/auth/login", json=body)


async def change_password(
    auth: RunningService, person: Person, current: str = PASSWORD, new: str = NEW
) -> httpx.Response:
    body = {"current_password": current, "new_password": new}
    return await auth.http.post("/api/v1/auth/change-password", json=body, headers=person.headers)


async def request_reset(auth: RunningService, email: str, organisation: str) -> httpx.Response:
    body = {"email": email, "organisation": organisation}
    return await auth.http.post("/api/v1/auth/forgot-password", json=body)


async def reset_password(auth: RunningService, token: str, password: str = NEW) -> httpx.Response:
    return await auth.http.post("/api/v1/auth/reset-password", json={"token": token, "password": password})


async def get_me(auth: RunningService, person: Person) -> httpx.Response:
    return await auth.http.get("/api/v1/auth/me", headers=person.headers)


async def wait_until_processed(auth: RunningService) -> None:

    async def assert_none_left() -> None:
        assert await auth.db["reset_requests"].count_documents({}) == 0

    await eventually(assert_none_left)


async def test_a_changed_password_replaces_the_old_one_and_revokes_the_other_sessions(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    elsewhere = await attempt_login(auth, alex, organisation, PASSWORD)

    assert (await change_password(auth, alex)).status_code == 204

    ok(await get_me(auth, alex))
    problem(await get_me(auth, Person.of(elsewhere.json())), 401, "session_ended")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(elsewhere)))
    problem(refreshed, 401, "session_ended")
    problem(await attempt_login(auth, alex, organisation, PASSWORD), 401, "wrong_credentials")
    ok(await attempt_login(auth, alex, organisation, NEW))
    event = (await history(auth, alex.id, length=2))[-1]
    assert PasswordChanged.model_validate(event.data).method == "change"
    assert event.actor is not None
    assert event.actor.id == alex.id


async def test_changing_the_password_needs_the_current_one(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    body = problem(await change_password(auth, alex, current="a wrong password"), 422, "wrong_password")

    assert [wrong["field"] for wrong in body["errors"]] == ["current_password"]
    ok(await attempt_login(auth, alex, organisation, PASSWORD))


@pytest.mark.parametrize("weak", ["short", "sunshine", "alex.agent@example.org"])
async def test_a_weak_password_is_refused(auth: RunningService, organisation: str, weak: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    body = problem(await change_password(auth, alex, new=weak), 422, "invalid")

    assert [wrong["field"] for wrong in body["errors"]] == ["new_password"]


async def test_of_two_concurrent_changes_one_wins(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    answers = await asyncio.gather(*(change_password(auth, alex, new=f"{NEW} {each}") for each in range(2)))

    won = [each for each, answer in enumerate(answers) if answer.status_code == 204]

    assert len(won) == 1
    ok(await attempt_login(auth, alex, organisation, f"{NEW} {won[0]}"))


async def test_the_link_sets_a_new_password_once_and_revokes_all_sessions(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    asked = await request_reset(auth, alex.email.upper(), organisation)
    assert (asked.status_code, asked.content) == (202, b"")
    [letter] = await issued_links(auth, "password_reset", alex.organisation_id)
    assert letter.recipient.id == alex.id

    assert (await reset_password(auth, letter.token)).status_code == 204

    problem(await get_me(auth, alex), 401, "session_ended")
    problem(await attempt_login(auth, alex, organisation, PASSWORD), 401, "wrong_credentials")
    ok(await attempt_login(auth, alex, organisation, NEW))
    problem(await reset_password(auth, letter.token, "yet another password"), 422, "invalid_token")
    events = await history(auth, alex.id, length=4)
    assert [event.action for event in events] == [
        "user.registered",
        "password_reset.requested",
        "secret_link.issued",
        "password.changed",
    ]
    assert PasswordChanged.model_validate(events[-1].data).method == "reset"


async def test_the_event_of_a_reset_request_has_its_origin(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "organisation": organisation}
    headers = {"X-Request-ID": "the-request", "User-Agent": "Tester/1"}
    await auth.http.post("/api/v1/auth/forgot-password", json=body, headers=headers)

    event = (await history(auth, alex.id, length=2))[-1]

    assert (event.causation_id, event.user_agent, event.ip) == ("the-request", "Tester/1", "127.0.0.1")
    assert event.actor is None


async def test_only_the_newest_link_is_valid(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await request_reset(auth, alex.email, organisation)
    await issued_links(auth, "password_reset", alex.organisation_id)
    await request_reset(auth, alex.email, organisation)
    old, new = await issued_links(auth, "password_reset", alex.organisation_id, count=2)

    problem(await reset_password(auth, old.token), 422, "invalid_token")
    assert (await reset_password(auth, new.token)).status_code == 204


async def test_a_reset_link_expires_after_an_hour(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await request_reset(auth, alex.email, organisation)
    [letter] = await issued_links(auth, "password_reset", alex.organisation_id)
    user = await auth.db["users"].find_one({"_id": alex.id})
    assert user is not None
    assert timedelta(minutes=59) < user["password_reset"]["expires_at"] - user["created_at"] < timedelta(minutes=61)
    await auth.db["users"].update_one({"_id": alex.id}, {"$set": {"password_reset.expires_at": user["created_at"]}})

    problem(await reset_password(auth, letter.token), 422, "invalid_token")


async def test_a_weak_password_does_not_consume_the_link(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await request_reset(auth, alex.email, organisation)
    [letter] = await issued_links(auth, "password_reset", alex.organisation_id)

    problem(await reset_password(auth, letter.token, "sunshine"), 422, "invalid")

    assert (await reset_password(auth, letter.token)).status_code == 204


async def test_a_link_followed_concurrently_sets_one_password(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await request_reset(auth, alex.email, organisation)
    [letter] = await issued_links(auth, "password_reset", alex.organisation_id)

    answers = await asyncio.gather(*(reset_password(auth, letter.token, f"{NEW} {each}") for each in range(3)))

    assert sorted(answer.status_code for answer in answers) == [204, 422, 422]


async def test_the_response_does_not_reveal_whether_the_account_exists(auth: RunningService, organisation: str) -> None:
    alex, gone = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Gone Agent")]
    await auth.db["users"].update_one({"_id": gone.id}, {"$set": {"active": False}})
    suspended = f"{organisation}-suspended"
    await make_organisation(suspended)
    await auth.db["organisations"].update_one({"slug": suspended}, {"$set": {"suspended_at": clock.now()}})
    asked: list[tuple[str, str]] = [
        (alex.email, organisation),
        ("nobody@example.org", organisation),
        (gone.email, organisation),
        (alex.email, suspended),
        (alex.email, "nowhere"),
    ]

    answers = [await request_reset(auth, email, where) for email, where in asked]

    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b"")}
    alike = [{**answer.headers, "x-request-id": ""} for answer in answers]
    assert all(headers == alike[0] for headers in alike)
    await wait_until_processed(auth)
    [letter] = await issued_links(auth, "password_reset", alex.organisation_id)
    assert letter.recipient.id == alex.id


async def test_the_request_is_only_stored_while_it_is_answered(
    auth: RunningService, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    processed: list[str] = []

    async def record(self: PasswordResetQueue, request: PasswordResetRequest) -> None:
        processed.append(request.email)

    monkeypatch.setattr(PasswordResetQueue, "_process", record)
    known = await make_agent(auth, "Known Agent", organisation)

    for email in (known.email, "nobody@example.org"):
        assert (await request_reset(auth, email, organisation)).status_code == 202

    stored = [each["email"] async for each in auth.db["reset_requests"].find().sort("_id")]
    assert stored == [known.email, "nobody@example.org"]
    monkeypatch.undo()
    await wait_until_processed(auth)


async def test_a_request_that_is_processed_twice_causes_one_email(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await request_reset(auth, alex.email, organisation)
    await issued_links(auth, "password_reset", alex.organisation_id)
    user = await auth.db["users"].find_one({"_id": alex.id})
    assert user is not None
    request = {"_id": user["password_reset"]["request_id"], "organisation": organisation, "email": alex.email}

    await auth.db["reset_requests"].insert_one({**request, "requested_at": user["created_at"], "causation": None})

    await wait_until_processed(auth)
    await log_in(auth, alex.email, organisation)
    assert len(await issued_links(auth, "password_reset", alex.organisation_id)) == 1


async def test_the_link_of_a_deactivated_user_is_invalid(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await request_reset(auth, alex.email, organisation)
    [letter] = await issued_links(auth, "password_reset", alex.organisation_id)
    await auth.db["users"].update_one({"_id": alex.id}, {"$set": {"active": False}})

    problem(await reset_password(auth, letter.token), 422, "invalid_token")


async def test_a_request_affects_only_the_user_of_its_organisation(auth: RunningService, organisation: str) -> None:
    alex, outsider = await make_agent(auth, "Otto Outsider", organisation), await make_outsider(auth)
    assert alex.email == outsider.email

    await request_reset(auth, alex.email, organisation)

    [letter] = await issued_links(auth, "password_reset", alex.organisation_id)
    assert letter.recipient.id == alex.id
    await wait_until_processed(auth)
    assert [event.action for event in await history(auth, outsider.id, length=1)] == ["user.registered"]
