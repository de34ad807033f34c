"""After a change of a user's access, every replica of auth refuses the old tokens from the next request on, and every
other service once it has received the event, also after a restart."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from tests.support.credentials import refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person, another_organisation, make_admin, make_agent, make_operator
from tests.support.services import Installation, RunningService
from tests.support.subprocesses import replica

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Replicas:
    """auth twice and tickets twice."""

    auth: RunningService
    other_auth: httpx.AsyncClient
    tickets: list[httpx.AsyncClient]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def replicas(shared_installation: Installation, auth: RunningService) -> AsyncIterator[Replicas]:
    async with AsyncExitStack() as stack:
        other_auth = await stack.enter_async_context(replica(shared_installation, "auth", rate_limits=False))
        tickets = [
            await stack.enter_async_context(shared_installation.run("tickets", rate_limits=False)) for _ in range(2)
        ]
        await asyncio.gather(*(eventually(each.is_ready) for each in tickets))
        yield Replicas(auth, other_auth, [each.http for each in tickets])


@dataclass(frozen=True)
class Team:
    """People of the organisation of one test. `login` is Alex's last one."""

    services: Replicas
    organisation: str
    alex: Person
    ada: Person
    olga: Person
    bystander: Person
    login: httpx.Response

    async def change_alex(self, **fields: object) -> None:
        path = f"/api/v1/users/{self.alex.id}"
        ok(await self.services.auth.http.patch(path, json=fields, headers=self.ada.headers))

    async def log_in(self) -> httpx.Response:
        """Another session of Alex."""
        body = {"email": self.alex.email, "password": PASSWORD, "organisation": self.organisation}
        return await self.services.auth.http.post("/api/v1/auth/login", json=body)


async def make_team(services: Replicas, organisation: str) -> Team:
    auth = services.auth
    alex = await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    login = await auth.http.post("/api/v1/auth/login", json=body)
    return Team(
        services,
        organisation,
        Person.of(ok(login)),
        await make_admin(auth, "Ada Admin", organisation),
        await make_operator(auth, f"Olga {uuid4()}"),
        await make_agent(auth, f"Other {uuid4()}"),
        login,
    )


@pytest_asyncio.fixture(loop_scope="module")
async def team(replicas: Replicas, organisation: str) -> Team:
    return await make_team(replicas, organisation)


async def get(http: httpx.AsyncClient, path: str, person: Person) -> httpx.Response:
    return await http.get(f"/api/v1{path}", headers=person.headers)


async def deactivate(team: Team) -> None:
    await team.change_alex(active=False)


async def demote(team: Team) -> None:
    await team.change_alex(role="customer")


async def suspend(team: Team) -> None:
    path = f"/api/v1/organisations/{team.alex.organisation_id}"
    ok(await team.services.auth.http.patch(path, json={"suspended": True}, headers=team.olga.headers))


async def change_password(team: Team) -> None:
    headers = Person.of(ok(await team.log_in())).headers
    change = {"current_password": PASSWORD, "new_password": "an entirely new password"}
    answer = await team.services.auth.http.post("/api/v1/auth/change-password", json=change, headers=headers)
    assert answer.status_code == 204


async def revoke_others(team: Team) -> None:
    headers = Person.of(ok(await team.log_in())).headers
    assert (await team.services.auth.http.delete("/api/v1/auth/sessions", headers=headers)).status_code == 204


async def log_out(team: Team) -> None:
    answer = await team.services.auth.http.post("/api/v1/auth/logout", headers=team.alex.headers)
    assert answer.status_code == 204


@pytest.mark.parametrize("lock_out", [deactivate, demote, suspend, change_password, revoke_others, log_out])
async def test_every_replica_of_every_service_refuses_the_old_token(
    team: Team, lock_out: Callable[[Team], Awaitable[None]]
) -> None:
    auth = (team.services.auth.http, team.services.other_auth)
    for http in team.services.tickets:
        ok(await get(http, "/tickets", team.alex))
        ok(await get(http, "/tickets", team.bystander))
    for http in auth:
        ok(await get(http, "/auth/me", team.alex))

    await lock_out(team)

    for http in auth:
        assert (await get(http, "/auth/me", team.alex)).status_code == 401

    async def assert_refused() -> None:
        for http in team.services.tickets:
            assert (await get(http, "/tickets", team.alex)).status_code == 401

    await eventually(assert_refused)
    for http in team.services.tickets:
        ok(await get(http, "/tickets", team.bystander))


async def test_a_service_refuses_the_old_tokens_after_a_restart(
    replicas: Replicas, shared_installation: Installation
) -> None:
    teams = [await make_team(replicas, await another_organisation()) for _ in range(4)]
    for team, lock_out in zip(teams, (deactivate, demote, suspend, log_out), strict=True):
        await lock_out(team)

    async with replica(shared_installation, "tickets", rate_limits=False) as restarted:
        for team in teams:
            assert (await get(restarted, "/tickets", team.alex)).status_code == 401
            ok(await get(restarted, "/tickets", team.bystander))


async def test_a_refresh_returns_a_token_with_the_new_role(team: Team) -> None:
    await demote(team)

    headers = with_cookie(refresh_token(team.login))
    refreshed = await team.services.other_auth.post("/api/v1/auth/refresh", headers=headers)

    alex = Person.of(ok(refreshed))
    assert alex.role == "customer"
    for http in team.services.tickets:
        ok(await get(http, "/tickets", alex))


async def test_a_refresh_concurrent_with_a_role_change_returns_no_valid_token_of_the_old_role(team: Team) -> None:
    answer, tickets = team.login, team.services.tickets[0]
    for role in ("customer", "agent") * 6:
        headers = with_cookie(refresh_token(answer))
        refresh = team.services.other_auth.post("/api/v1/auth/refresh", headers=headers)
        answer, _ = await asyncio.gather(refresh, team.change_alex(role=role))
        alex = Person.of(ok(answer))
        if alex.role != role:
            problem(await get(team.services.other_auth, "/auth/me", alex), 401, "token_outdated")

            async def assert_outdated(alex: Person = alex) -> None:
                problem(await get(tickets, "/tickets", alex), 401, "token_outdated")

            await eventually(assert_outdated)


async def test_a_login_concurrent_with_a_deactivation_starts_no_valid_session(team: Team) -> None:
    body = {"email": team.alex.email, "password": PASSWORD, "organisation": team.organisation}
    for _ in range(6):
        login = team.services.other_auth.post("/api/v1/auth/login", json=body)
        answer, _ = await asyncio.gather(login, team.change_alex(active=False))
        if answer.status_code == 200:
            alex = Person.of(answer.json())
            assert (await get(team.services.other_auth, "/auth/me", alex)).status_code == 401
        active = {"user_id": team.alex.id, "ended_at": None}
        assert await team.services.auth.db["sessions"].count_documents(active) == 0
        await team.change_alex(active=True)
