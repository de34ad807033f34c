"""Logout: refused by auth at once, and by every other service once it has received the event."""

from uuid import UUID

import jwt
import pytest

from tests.support.credentials import history, refresh_cookie, refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person, make_agent
from tests.support.services import Installation, RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def assert_refused(service: RunningService, path: str, person: Person) -> None:
    problem(await service.http.get(path, headers=person.headers), 401, "session_ended")


async def test_after_a_logout_auth_refuses_the_session_and_deletes_the_cookie(
    auth: RunningService, organisation: str
) -> None:
    email = (await make_agent(auth, "Alex Agent", organisation)).email
    body = {"email": email, "password": PASSWORD, "organisation": organisation}
    answer, other = [await auth.http.post("/api/v1/auth/login", json=body) for _ in range(2)]
    person = Person.of(ok(answer))

    out = await auth.http.post("/api/v1/auth/logout", headers=person.headers)

    assert (out.status_code, out.content) == (204, b"")
    cookie = refresh_cookie(out)
    assert cookie is not None
    assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/api/v1/auth")
    await assert_refused(auth, "/api/v1/auth/me", person)
    again = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    problem(again, 401, "session_ended")
    problem(await auth.http.post("/api/v1/auth/logout", headers=person.headers), 401, "session_ended")
    ok(await auth.http.get("/api/v1/auth/me", headers=Person.of(ok(other)).headers))
    claims = jwt.decode(person.access_token, options={"verify_signature": False})
    events = await history(auth, UUID(claims["sid"]), length=2)
    assert [event.action for event in events] == ["session.started", "session.ended"]


async def test_a_logout_needs_a_token(auth: RunningService) -> None:
    problem(await auth.http.post("/api/v1/auth/logout"), 401, "unauthenticated")


async def test_tickets_refuses_a_session_after_its_logout_and_after_a_restart(
    auth: RunningService, shared_installation: Installation, organisation: str
) -> None:
    gone, staying = [await make_agent(auth, name, organisation) for name in ("Gone Agent", "Staying Agent")]
    async with shared_installation.run("tickets") as tickets:
        await eventually(tickets.is_ready)
        for person in (gone, staying):
            ok(await tickets.http.get("/api/v1/tickets", headers=person.headers))

        await auth.http.post("/api/v1/auth/logout", headers=gone.headers)

        await eventually(lambda: assert_refused(tickets, "/api/v1/tickets", gone))
        ok(await tickets.http.get("/api/v1/tickets", headers=staying.headers))

    async with shared_installation.run("tickets") as restarted:
        # Before it is ready it may not know which sessions have ended; it never accepts one of them.
        early = await restarted.http.get("/api/v1/tickets", headers=gone.headers)
        assert early.status_code in (401, 503), early.text
        await eventually(restarted.is_ready)
        await assert_refused(restarted, "/api/v1/tickets", gone)
        ok(await restarted.http.get("/api/v1/tickets", headers=staying.headers))


async def test_a_service_that_has_not_read_the_revocations_yet_accepts_nobody(
    auth: RunningService, shared_installation: Installation, organisation: str
) -> None:
    agent = await make_agent(auth, "Alex Agent", organisation)
    async with shared_installation.run("tickets") as tickets:
        await eventually(tickets.is_ready)
    async with shared_installation.run("tickets", role="api") as starting:
        answer = await starting.http.get("/api/v1/tickets", headers=agent.headers)
        assert answer.status_code in (200, 503)

        async def assert_accepted() -> None:
            ok(await starting.http.get("/api/v1/tickets", headers=agent.headers))

        await eventually(assert_accepted)
