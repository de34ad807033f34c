"""Replicas of auth agree on signing keys and on the default organisation."""

import asyncio

import jwt

from common.outbox import EventLog, EventSelection
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.people import log_in, make_agent
from tests.support.services import Installation, build
from tests.support.subprocesses import replica


async def test_replicas_that_start_at_the_same_time_create_one_key_and_one_organisation(
    installation: Installation,
) -> None:
    replicas = [build("auth", installation.settings("auth")) for _ in range(4)]
    try:
        await asyncio.gather(*(replica.prepare() for replica in replicas))
    finally:
        await asyncio.gather(*(replica.db.client.close() for replica in replicas))

    async with installation.run("auth") as auth:
        assert await auth.db["signing_keys"].count_documents({}) == 1
        assert await auth.db["organisations"].distinct("slug") == ["default"]

        async def assert_logged() -> None:
            logged = [event.action async for event in EventLog(auth.db).read(EventSelection())]
            assert sorted(logged) == ["organisation.created", "signing_key.published"]

        await eventually(assert_logged)


async def test_a_token_of_one_replica_is_accepted_by_another_and_after_a_restart(installation: Installation) -> None:
    async with installation.run("auth", rate_limits=False) as one, replica(installation, "auth", "api") as other:
        agent = await make_agent(one, "Alex Agent")
        ok(await other.get("/api/v1/auth/me", headers=agent.headers))
    async with installation.run("auth", rate_limits=False) as restarted:
        ok(await restarted.http.get("/api/v1/auth/me", headers=agent.headers))
        again = await log_in(restarted, agent.email)
        assert len({jwt.get_unverified_header(person.access_token)["kid"] for person in (agent, again)}) == 1
