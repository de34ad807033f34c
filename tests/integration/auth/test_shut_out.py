"""Whoever is shut out, or may do something else now, is refused everywhere: by all replicas of auth from the next
request on, and by every other service within a second, also after its restart."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest

from tests.support.cookies import refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person, another_organisation, make_admin, make_agent, make_operator
from tests.support.replicas import replica
from tests.support.services import Installation, RunningService

WITHIN_SECONDS = 1.0


@dataclass(frozen=True)
class House:
    """auth twice, tickets twice, and people of one organisation."""

    installation: Installation
    auth: RunningService
    other_auth: httpx.AsyncClient
    tickets: RunningService
    other_tickets: RunningService
    organisation: str
    alex: Person
    ada: Person
    olga: Person
    bystander: Person
    log_in: httpx.Response
    """alex's last one."""

    @property
    def elsewhere(self) -> list[httpx.AsyncClient]:
        return [self.tickets.http, self.other_tickets.http]


@pytest.fixture
async def house(installation: Installation) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        other_auth = await stack.enter_async_context(replica(installation, "auth", rate_limits=False))
        tickets = [await stack.enter_async_context(installation.run("tickets", rate_limits=False)) for _ in range(2)]
        auth = await stack.enter_async_context(installation.run("auth", rate_limits=False))
        organisation = await another_organisation()
        alex = await make_agent(auth, "Alex Agent", organisation)
        body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
        answer = await auth.http.post("/api/v1/auth/login", json=body)
        await asyncio.gather(*(eventually(each.is_ready) for each in tickets))
        yield House(
            installation,
            auth,
            other_auth,
            tickets[0],
            tickets[1],
            organisation,
            Person.of(ok(answer)),
            await make_admin(auth, "Ada Admin", organisation),
            await make_operator(auth),
            await make_agent(auth, "Other Agent"),
            answer,
        )


async def asked(http: httpx.AsyncClient, path: str, person: Person) -> httpx.Response:
    return await http.get(f"/api/v1{path}", headers=person.headers)


async def deactivate(house: House) -> None:
    path = f"/api/v1/users/{house.alex.id}"
    ok(await house.auth.http.patch(path, json={"active": False}, headers=house.ada.headers))


async def demote(house: House) -> None:
    path = f"/api/v1/users/{house.alex.id}"
    ok(await house.auth.http.patch(path, json={"role": "customer"}, headers=house.ada.headers))


async def suspend(house: House) -> None:
    path = f"/api/v1/organisations/{house.alex.organisation_id}"
    ok(await house.auth.http.patch(path, json={"suspended": True}, headers=house.olga.headers))


async def reset_password(house: House) -> None:
    """From another session of alex."""
    body = {"email": house.alex.email, "password": PASSWORD, "organisation": house.organisation}
    other = Person.of(ok(await house.auth.http.post("/api/v1/auth/login", json=body)))
    change = {"current_password": PASSWORD, "new_password": "an entirely new password"}
    answer = await house.auth.http.post("/api/v1/auth/change-password", json=change, headers=other.headers)
    assert answer.status_code == 204


async def revoke_others(house: House) -> None:
    body = {"email": house.alex.email, "password": PASSWORD, "organisation": house.organisation}
    other = Person.of(ok(await house.auth.http.post("/api/v1/auth/login", json=body)))
    assert (await house.auth.http.delete("/api/v1/auth/sessions", headers=other.headers)).status_code == 204


async def log_out(house: House) -> None:
    assert (await house.auth.http.post("/api/v1/auth/logout", headers=house.alex.headers)).status_code == 204


@pytest.mark.parametrize("shut_out", [deactivate, demote, suspend, reset_password, revoke_others, log_out])
async def test_who_is_shut_out_is_refused_by_every_replica_of_every_service(
    house: House, shut_out: Callable[[House], Awaitable[None]]
) -> None:
    for http in house.elsewhere:
        ok(await asked(http, "/tickets", house.alex))
        ok(await asked(http, "/tickets", house.bystander))
    for http in (house.auth.http, house.other_auth):
        ok(await asked(http, "/auth/me", house.alex))

    await shut_out(house)
    since = time.monotonic()

    for http in (house.auth.http, house.other_auth):
        assert (await asked(http, "/auth/me", house.alex)).status_code == 401

    async def refused_elsewhere() -> None:
        for http in house.elsewhere:
            assert (await asked(http, "/tickets", house.alex)).status_code == 401

    await eventually(refused_elsewhere)
    assert time.monotonic() - since < WITHIN_SECONDS
    for http in house.elsewhere:
        ok(await asked(http, "/tickets", house.bystander))
    async with house.installation.run("tickets", rate_limits=False) as restarted:
        early = await asked(restarted.http, "/tickets", house.alex)
        assert early.status_code in (401, 503)
        await eventually(restarted.is_ready)
        assert (await asked(restarted.http, "/tickets", house.alex)).status_code == 401


async def test_another_role_is_one_refresh_away(house: House) -> None:
    await demote(house)

    refreshed = await house.other_auth.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(house.log_in)))

    alex = Person.of(ok(refreshed))
    assert alex.role == "customer"
    for http in house.elsewhere:
        ok(await asked(http, "/tickets", alex))


async def test_no_refresh_that_races_with_a_change_of_role_gives_a_token_of_the_former_one_that_counts(
    house: House,
) -> None:
    path = f"/api/v1/users/{house.alex.id}"
    answer = house.log_in
    for role in ("customer", "agent") * 6:
        refresh = house.other_auth.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
        change = house.auth.http.patch(path, json={"role": role}, headers=house.ada.headers)
        answer, changed = await asyncio.gather(refresh, change)
        ok(changed)
        alex = Person.of(ok(answer))
        if alex.role != role:
            problem(await asked(house.other_auth, "/auth/me", alex), 401, "token_outdated")

            async def refused(alex: Person = alex) -> None:
                problem(await asked(house.tickets.http, "/tickets", alex), 401, "token_outdated")

            await eventually(refused)


async def test_no_log_in_that_races_with_a_deactivation_gives_a_session_that_counts(house: House) -> None:
    body = {"email": house.alex.email, "password": PASSWORD, "organisation": house.organisation}
    path = f"/api/v1/users/{house.alex.id}"
    for _ in range(6):
        log_in = house.other_auth.post("/api/v1/auth/login", json=body)
        change = house.auth.http.patch(path, json={"active": False}, headers=house.ada.headers)
        answer, changed = await asyncio.gather(log_in, change)
        ok(changed)
        if answer.status_code == 200:
            assert (await asked(house.other_auth, "/auth/me", Person.of(answer.json()))).status_code == 401
        alive = {"user_id": house.alex.id, "ended_at": None}
        assert await house.auth.db["sessions"].count_documents(alive) == 0
        ok(await house.auth.http.patch(path, json={"active": True}, headers=house.ada.headers))
