"""Users list and revoke their own sessions."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from auth.session.commands import MAX_SESSIONS
from common import clock
from common.events.auth import SessionEnded, SessionRevoked, SessionStarted
from common.ids import new_id
from tests.support.credentials import (
    device_cookie,
    first_step,
    history,
    issued_links,
    logged_events,
    outdate_proof,
    reauthenticate,
    refresh_token,
    set_up,
    with_cookie,
    with_device,
)
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, Person, log_in, make_agent, sign_up
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
NEWER_FIREFOX = FIREFOX.replace("128", "131")
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1"


async def log_in_from(
    auth: RunningService, person: Person, organisation: str, user_agent: str, *, device: str = ""
) -> httpx.Response:
    body = {"email": person.email, "password": PASSWORD, "organisation": organisation}
    headers = {"User-Agent": user_agent, **with_device(device)}
    return await auth.http.post("/api/v1/auth/login", json=body, headers=headers)


async def log_in_over(
    auth: RunningService, person: Person, organisation: str, replaced: httpx.Response
) -> httpx.Response:
    """A login in the browser that has the refresh cookie of `replaced`."""
    body = {"email": person.email, "password": PASSWORD, "organisation": organisation}
    return await auth.http.post("/api/v1/auth/login", json=body, headers=with_cookie(refresh_token(replaced)))


async def list_sessions(auth: RunningService, person: Person, **query: Any) -> dict[str, Any]:
    return ok(await auth.http.get("/api/v1/auth/sessions", headers=person.headers, params=query))


async def get_me(auth: RunningService, person: Person) -> httpx.Response:
    return await auth.http.get("/api/v1/auth/me", headers=person.headers)


async def test_the_list_shows_browser_address_and_times_and_marks_the_current_session(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    phone = Person.of(ok(await log_in_from(auth, alex, organisation, SAFARI)))

    items = (await list_sessions(auth, phone))["items"]

    assert [(item["user_agent"] == SAFARI, item["current"], item["ip"]) for item in items] == [
        (True, True, "127.0.0.1"),
        (False, False, "127.0.0.1"),
    ]
    assert set(items[0]) == {
        *("id", "started_at", "last_used_at", "expires_at", "ip", "user_agent", "current", "version")
    }


async def test_the_list_shows_only_the_callers_active_sessions(auth: RunningService, organisation: str) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    out = await log_in(auth, alex.email, organisation)
    await auth.http.post("/api/v1/auth/logout", headers=out.headers)
    old = await log_in(auth, alex.email, organisation)
    [newest, *_] = (await list_sessions(auth, old))["items"]
    await auth.db["sessions"].update_one({"_id": UUID(newest["id"])}, {"$set": {"expires_at": clock.now()}})

    assert len((await list_sessions(auth, alex))["items"]) == 1
    assert len((await list_sessions(auth, other))["items"]) == 1


async def test_pages_show_each_session_once(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    for _ in range(4):
        await log_in(auth, alex.email, organisation)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await list_sessions(auth, alex, limit=2, **cursor)
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


async def test_all_tokens_of_a_revoked_session_are_refused_at_once(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    answer = await log_in_from(auth, alex, organisation, SAFARI)
    phone = Person.of(ok(answer))
    [stolen] = [item for item in (await list_sessions(auth, alex))["items"] if item["user_agent"] == SAFARI]

    gone = await auth.http.delete(f"/api/v1/auth/sessions/{stolen['id']}", headers=alex.headers)

    assert (gone.status_code, gone.content) == (204, b"")
    problem(await get_me(auth, phone), 401, "session_ended")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    problem(refreshed, 401, "session_ended")
    ok(await get_me(auth, alex))
    again = await auth.http.delete(f"/api/v1/auth/sessions/{stolen['id']}", headers=alex.headers)
    problem(again, 404, "not_found")
    event = (await history(auth, UUID(stolen["id"]), length=2))[-1]
    assert (event.action, SessionRevoked.model_validate(event.data).reason) == ("session.revoked", "manual")
    assert event.actor is not None
    assert event.actor.id == alex.id


async def test_sessions_of_other_users_cannot_be_revoked(auth: RunningService, organisation: str) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    [session] = (await list_sessions(auth, other))["items"]

    for id_ in (session["id"], "01a1fc08-dea7-731b-b70b-5d84560f9de0"):
        problem(await auth.http.delete(f"/api/v1/auth/sessions/{id_}", headers=alex.headers), 404, "not_found")

    ok(await get_me(auth, other))


async def test_if_match_protects_a_session_that_has_changed(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    [session] = (await list_sessions(auth, alex))["items"]
    headers = {**alex.headers, "If-Match": f'"{session["version"] + 1}"'}

    problem(
        await auth.http.delete(f"/api/v1/auth/sessions/{session['id']}", headers=headers),
        412,
        "precondition_failed",
    )


async def test_revoking_the_other_sessions_keeps_the_current_one(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    others = [await log_in(auth, alex.email, organisation) for _ in range(3)]
    bystander = await make_agent(auth, "Other Agent", organisation)

    assert (await auth.http.delete("/api/v1/auth/sessions", headers=alex.headers)).status_code == 204

    for other in others:
        problem(await get_me(auth, other), 401, "session_ended")
    ok(await get_me(auth, alex))
    ok(await get_me(auth, bystander))
    assert len(await logged_events(auth, SessionRevoked, alex.organisation_id, count=3)) == 3


async def test_revoking_sessions_needs_a_recent_proof_of_identity(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    phone, laptop = [await log_in(auth, alex.email, organisation) for _ in range(2)]
    newest = (await list_sessions(auth, alex))["items"][0]["id"]
    paths = (f"/api/v1/auth/sessions/{newest}", "/api/v1/auth/sessions")
    await outdate_proof(auth, alex)

    for path in paths:
        problem(await auth.http.delete(path, headers=alex.headers), 403, "reauthentication_required")
    ok(await get_me(auth, phone))
    ok(await get_me(auth, laptop))

    await reauthenticate(auth, alex)
    for path in paths:
        assert (await auth.http.delete(path, headers=alex.headers)).status_code == 204
    problem(await get_me(auth, phone), 401, "session_ended")


async def test_the_event_marks_a_login_from_a_new_browser_whatever_it_calls_itself(
    auth: RunningService, organisation: str
) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)
    first = await log_in_from(auth, casey, organisation, FIREFOX)
    for user_agent, device in ((NEWER_FIREFOX, device_cookie(first)), (FIREFOX, ""), (SAFARI, "")):
        ok(await log_in_from(auth, casey, organisation, user_agent, device=device))

    started = await logged_events(auth, SessionStarted, casey.organisation_id, count=5)

    assert [each.new_device for each in started] == [False, True, False, True, True]


async def test_a_browser_in_which_the_owner_confirms_a_new_address_stays_known(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    device = device_cookie(await log_in_from(auth, alex, organisation, FIREFOX))
    ok(await auth.http.patch("/api/v1/auth/me", json={"email": "new@example.org"}, headers=alex.headers))
    [confirmation] = await issued_links(auth, "verify_email", alex.organisation_id)
    body, headers = {"token": confirmation.token}, {**alex.headers, **with_device(device)}

    confirmed = await auth.http.post("/api/v1/auth/verify-email", json=body, headers=headers)

    moved = replace(alex, email="new@example.org")
    ok(await log_in_from(auth, moved, organisation, FIREFOX, device=device_cookie(confirmed) or device))
    started = await logged_events(auth, SessionStarted, alex.organisation_id, count=3)
    assert [each.new_device for each in started] == [False, True, False]


async def test_the_password_in_place_of_a_session_does_not_make_a_browser_known(
    auth: RunningService, organisation: str
) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    ok(await auth.http.patch("/api/v1/auth/me", json={"email": "new@example.org"}, headers=alex.headers))
    [confirmation] = await issued_links(auth, "verify_email", alex.organisation_id)
    body = {"token": confirmation.token, "password": PASSWORD}

    confirmed = await auth.http.post("/api/v1/auth/verify-email", json=body, headers=other.headers)

    assert (confirmed.status_code, device_cookie(confirmed)) == (204, "")


async def test_a_user_with_as_many_sessions_as_allowed_logs_in_and_the_oldest_ends(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    sessions = auth.db["sessions"]
    oldest = await sessions.find_one({"user_id": alex.id})
    assert oldest is not None
    others = [{**oldest, "_id": new_id(), "outbox": []} for _ in range(MAX_SESSIONS - 1)]
    await sessions.insert_many(others)

    newest = await log_in(auth, alex.email, organisation)

    problem(await get_me(auth, alex), 401, "session_ended")
    ok(await get_me(auth, newest))
    assert await sessions.count_documents({"user_id": alex.id, "ended_at": None}) == MAX_SESSIONS


async def test_a_login_ends_the_session_whose_cookie_it_replaces(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    first = await log_in_from(auth, alex, organisation, FIREFOX)

    second = await log_in_over(auth, alex, organisation, first)

    problem(await get_me(auth, Person.of(ok(first))), 401, "session_ended")
    ok(await get_me(auth, Person.of(ok(second))))
    ok(await get_me(auth, alex))
    [ended] = await logged_events(auth, SessionEnded, alex.organisation_id)
    assert ended.user_id == alex.id


async def test_a_login_ends_the_replaced_session_of_somebody_else_too(auth: RunningService, organisation: str) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    first = await log_in_from(auth, alex, organisation, FIREFOX)

    await log_in_over(auth, other, organisation, first)

    problem(await get_me(auth, Person.of(ok(first))), 401, "session_ended")
    ok(await get_me(auth, alex))


async def test_a_login_with_a_code_and_a_sign_up_end_the_session_whose_cookie_they_replace(
    auth: RunningService, organisation: str
) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    app = await set_up(auth, other)
    code = {"mfa_token": await first_step(auth, other, organisation), "code": app.code()}
    new = {"email": "casey.customer@example.org", "password": PASSWORD, "organisation": organisation}

    for path, body in (("login/mfa", code), ("signup", new)):
        first = await log_in_from(auth, alex, organisation, FIREFOX)
        answer = await auth.http.post(f"/api/v1/auth/{path}", json=body, headers=with_cookie(refresh_token(first)))
        assert answer.is_success, answer.text
        problem(await get_me(auth, Person.of(ok(first))), 401, "session_ended")


async def test_a_failed_login_and_a_forged_cookie_end_no_session(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    first = await log_in_from(auth, alex, organisation, FIREFOX)
    wrong = {"email": alex.email, "password": "a wrong password", "organisation": organisation}
    right = {**wrong, "password": PASSWORD}
    forged = f"{refresh_token(first).partition('.')[0]}.a-secret-of-somebody-else"

    failed = await auth.http.post("/api/v1/auth/login", json=wrong, headers=with_cookie(refresh_token(first)))
    problem(failed, 401, "wrong_credentials")
    ok(await auth.http.post("/api/v1/auth/login", json=right, headers=with_cookie(forged)))

    ok(await get_me(auth, Person.of(ok(first))))
