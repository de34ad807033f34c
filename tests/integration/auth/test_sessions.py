"""Where one is logged in: seen, and ended from elsewhere."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from common import clock
from common.events.auth import SessionRevoked, SessionStarted
from tests.support.cookies import refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.letters import history, said
from tests.support.people import PASSWORD, Person, log_in, make_agent, sign_up
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
NEWER_FIREFOX = FIREFOX.replace("128", "131")
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1"


async def logged_in(auth: RunningService, person: Person, organisation: str, user_agent: str) -> httpx.Response:
    """From some browser."""
    body = {"email": person.email, "password": PASSWORD, "organisation": organisation}
    return await auth.http.post("/api/v1/auth/login", json=body, headers={"User-Agent": user_agent})


async def sessions(auth: RunningService, person: Person, **query: Any) -> dict[str, Any]:
    """A page."""
    return ok(await auth.http.get("/api/v1/auth/sessions", headers=person.headers, params=query))


async def me(auth: RunningService, person: Person) -> httpx.Response:
    return await auth.http.get("/api/v1/auth/me", headers=person.headers)


async def test_the_list_shows_where_from_and_since_when_and_which_one_this_is(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    phone = Person.of(ok(await logged_in(auth, alex, organisation, SAFARI)))

    items = (await sessions(auth, phone))["items"]

    assert [(item["user_agent"] == SAFARI, item["current"], item["ip"]) for item in items] == [
        (True, True, "127.0.0.1"),
        (False, False, "127.0.0.1"),
    ]
    assert set(items[0]) == {
        *("id", "started_at", "last_used_at", "expires_at", "ip", "user_agent", "current", "version")
    }


async def test_only_the_own_sessions_that_have_not_ended_are_shown(auth: RunningService, organisation: str) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    out = await log_in(auth, alex.email, organisation)
    await auth.http.post("/api/v1/auth/logout", headers=out.headers)
    old = await log_in(auth, alex.email, organisation)
    [newest, *_] = (await sessions(auth, old))["items"]
    await auth.db["sessions"].update_one({"_id": UUID(newest["id"])}, {"$set": {"expires_at": clock.now()}})

    assert len((await sessions(auth, alex))["items"]) == 1
    assert len((await sessions(auth, other))["items"]) == 1


async def test_pages_show_each_session_once(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    for _ in range(4):
        await log_in(auth, alex.email, organisation)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await sessions(auth, alex, limit=2, **cursor)
        seen += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)


async def test_a_revoked_session_is_refused_at_once_with_all_its_tokens(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    answer = await logged_in(auth, alex, organisation, SAFARI)
    phone = Person.of(ok(answer))
    [stolen] = [item for item in (await sessions(auth, alex))["items"] if item["user_agent"] == SAFARI]

    gone = await auth.http.delete(f"/api/v1/auth/sessions/{stolen['id']}", headers=alex.headers)

    assert (gone.status_code, gone.content) == (204, b"")
    problem(await me(auth, phone), 401, "session_ended")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    problem(refreshed, 401, "session_ended")
    ok(await me(auth, alex))
    again = await auth.http.delete(f"/api/v1/auth/sessions/{stolen['id']}", headers=alex.headers)
    problem(again, 404, "not_found")
    event = (await history(auth, UUID(stolen["id"]), length=2))[-1]
    assert (event.action, SessionRevoked.model_validate(event.data).reason) == ("session.revoked", "manual")
    assert event.actor is not None
    assert event.actor.id == alex.id


async def test_nobody_revokes_anothers_session(auth: RunningService, organisation: str) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    [session] = (await sessions(auth, other))["items"]

    for id_ in (session["id"], "01a1fc08-dea7-731b-b70b-5d84560f9de0"):
        problem(await auth.http.delete(f"/api/v1/auth/sessions/{id_}", headers=alex.headers), 404, "not_found")

    ok(await me(auth, other))


async def test_a_session_that_has_changed_since_is_not_revoked_by_if_match(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    [session] = (await sessions(auth, alex))["items"]
    headers = {**alex.headers, "If-Match": f'"{session["version"] + 1}"'}

    problem(
        await auth.http.delete(f"/api/v1/auth/sessions/{session['id']}", headers=headers), 412, "precondition_failed"
    )


async def test_all_others_are_ended_and_this_one_stays(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    others = [await log_in(auth, alex.email, organisation) for _ in range(3)]
    bystander = await make_agent(auth, "Other Agent", organisation)

    assert (await auth.http.delete("/api/v1/auth/sessions", headers=alex.headers)).status_code == 204

    for other in others:
        problem(await me(auth, other), 401, "session_ended")
    ok(await me(auth, alex))
    ok(await me(auth, bystander))
    assert len(await said(auth, SessionRevoked, alex.organisation_id, count=3)) == 3


async def test_a_log_in_from_another_browser_is_told_as_such_and_an_update_is_none(
    auth: RunningService, organisation: str
) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)
    for user_agent in (FIREFOX, NEWER_FIREFOX, SAFARI, FIREFOX):
        ok(await logged_in(auth, casey, organisation, user_agent))

    started = await said(auth, SessionStarted, casey.organisation_id, count=5)

    assert [each.new_device for each in started] == [False, True, False, True, False]
