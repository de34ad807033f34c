"""Logging out: refused by auth at once, and by every other service as soon as it has heard."""

from contextlib import AsyncExitStack
from uuid import UUID

import jwt

from common.outbox import EventLog
from tests.support.cookies import refresh_cookie, refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person, make_agent
from tests.support.services import Installation, RunningService


async def refused(service: RunningService, path: str, person: Person) -> None:
    """Raises AssertionError while the person is let in."""
    problem(await service.http.get(path, headers=person.headers), 401, "session_ended")


async def test_who_logged_out_is_refused_by_auth_at_once_and_the_cookie_is_taken_away(
    installation: Installation,
) -> None:
    async with installation.run("auth", rate_limits=False) as auth:
        email = (await make_agent(auth, "Alex Agent")).email
        answer = await auth.http.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        other = await auth.http.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        person = Person.of(ok(answer))

        out = await auth.http.post("/api/v1/auth/logout", headers=person.headers)

        assert (out.status_code, out.content) == (204, b"")
        cookie = refresh_cookie(out)
        assert cookie is not None
        assert (cookie.value, cookie["max-age"], cookie["path"]) == ("", "0", "/api/v1/auth")
        await refused(auth, "/api/v1/auth/me", person)
        again = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
        problem(again, 401, "session_ended")
        problem(await auth.http.post("/api/v1/auth/logout", headers=person.headers), 401, "session_ended")
        ok(await auth.http.get("/api/v1/auth/me", headers=Person.of(ok(other)).headers))

        async def said() -> None:
            claims = jwt.decode(person.access_token, options={"verify_signature": False})
            events = await EventLog(auth.db).of_aggregate(UUID(claims["sid"]))
            assert [event.action for event in events] == ["session.started", "session.ended"]

        await eventually(said)


async def test_nobody_logs_out_without_a_token(installation: Installation) -> None:
    async with installation.run("auth") as auth:
        problem(await auth.http.post("/api/v1/auth/logout"), 401, "unauthenticated")


async def test_who_logged_out_is_refused_by_tickets_and_still_after_its_restart(installation: Installation) -> None:
    async with AsyncExitStack() as stack:
        auth = await stack.enter_async_context(installation.run("auth", rate_limits=False))
        gone, staying = [await make_agent(auth, name) for name in ("Gone Agent", "Staying Agent")]
        async with installation.run("tickets") as tickets:
            await eventually(tickets.is_ready)
            for person in (gone, staying):
                ok(await tickets.http.get("/api/v1/tickets", headers=person.headers))

            await auth.http.post("/api/v1/auth/logout", headers=gone.headers)

            await eventually(lambda: refused(tickets, "/api/v1/tickets", gone))
            ok(await tickets.http.get("/api/v1/tickets", headers=staying.headers))

        async with installation.run("tickets") as restarted:
            # Not ready yet, it may say that it does not know; it never lets in who is gone.
            early = await restarted.http.get("/api/v1/tickets", headers=gone.headers)
            assert early.status_code in (401, 503), early.text
            await eventually(restarted.is_ready)
            await refused(restarted, "/api/v1/tickets", gone)
            ok(await restarted.http.get("/api/v1/tickets", headers=staying.headers))


async def test_a_service_that_does_not_know_yet_who_is_gone_lets_nobody_in(installation: Installation) -> None:
    async with installation.run("auth", rate_limits=False) as auth:
        agent = await make_agent(auth, "Alex Agent")
        async with installation.run("tickets") as tickets:
            await eventually(tickets.is_ready)
        async with installation.run("tickets", role="api") as starting:
            answer = await starting.http.get("/api/v1/tickets", headers=agent.headers)
            assert answer.status_code in (200, 503)

            async def let_in() -> None:
                ok(await starting.http.get("/api/v1/tickets", headers=agent.headers))

            await eventually(let_in)
