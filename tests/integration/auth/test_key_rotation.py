"""Key rotation: no replica of any service refuses a request."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import jwt
import pytest

from auth.app import key_rotator
from auth.settings import AuthSettings
from auth.signing_key.rotator import REPUBLISH_INTERVAL
from common.events.auth import SigningKeyPublished
from common.ids import PLATFORM
from common.token_trust import TOKEN_LIFETIME
from tests.support.credentials import logged_events, refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person, log_in, make_agent
from tests.support.services import Installation, RunningService
from tests.support.settled import wait_until_settled
from tests.support.subprocesses import command, replica

LEAD = 1.0


def signing_kid(person: Person) -> str:
    """The id of the key that signed the token."""
    kid = jwt.get_unverified_header(person.access_token)["kid"]
    assert isinstance(kid, str)
    return kid


async def rotate(installation: Installation) -> None:
    """With the operator's command."""
    settings = installation.settings("auth", signing_key_lead_seconds=LEAD)
    done = await command("auth", settings, "rotate-signing-keys")
    assert done.status == 0, done.said
    assert "signs 1 s after" in done.out


async def published_kids(auth: RunningService) -> set[str]:
    """The ids of the keys in /auth/jwks."""
    return {key["kid"] for key in ok(await auth.http.get("/api/v1/auth/jwks"))["keys"]}


async def wait_for_another_key(auth: RunningService, person: Person) -> Person:
    """Logs in until another key signs."""

    async def assert_signed() -> Person:
        again = await log_in(auth, person.email)
        assert signing_kid(again) != signing_kid(person)
        return again

    return await eventually(assert_signed, every=0.2)


async def move_into_past(auth: RunningService, field: str, by: timedelta) -> None:
    async for key in auth.db["signing_keys"].find({field: {"$ne": None}}):
        await auth.db["signing_keys"].update_one({"_id": key["_id"]}, {"$set": {field: key[field] - by}})


@pytest.fixture
async def auth(installation: Installation) -> AsyncIterator[RunningService]:
    async with installation.run("auth", rate_limits=False, signing_key_lead_seconds=LEAD) as auth:
        yield auth


async def test_no_request_is_refused_during_a_rotation(auth: RunningService, installation: Installation) -> None:
    async with AsyncExitStack() as stack:
        other = await stack.enter_async_context(
            replica(installation, "auth", rate_limits=False, signing_key_lead_seconds=LEAD)
        )
        tickets = [await stack.enter_async_context(installation.run("tickets", rate_limits=False)) for _ in range(2)]
        await asyncio.gather(*(eventually(service.is_ready) for service in tickets))
        alex = await make_agent(auth, "Alex Agent")
        replicas = (auth.http, other)
        endpoints = [*((each.http, "/tickets") for each in tickets), *((each, "/auth/me") for each in replicas)]
        answers: Counter[tuple[str, int]] = Counter()
        kids: dict[int, set[str]] = {0: set(), 1: set()}
        stop = asyncio.Event()

        async def use(number: int) -> None:
            body = {"email": alex.email, "password": PASSWORD}
            answer = await replicas[number].post("/api/v1/auth/login", json=body)
            while not stop.is_set():
                headers = with_cookie(refresh_token(answer))
                answer = await replicas[number].post("/api/v1/auth/refresh", headers=headers)
                answers["/auth/refresh", answer.status_code] += 1
                person = Person.of(ok(answer))
                kids[number].add(signing_kid(person))
                for http, path in endpoints:
                    asked = await http.get(f"/api/v1{path}", headers=person.headers)
                    answers[path, asked.status_code] += 1

        async def assert_both_used_both() -> None:
            assert [len(each) for each in kids.values()] == [2, 2]

        using = [asyncio.create_task(use(number)) for number in (0, 1)]
        try:
            await rotate(installation)
            await eventually(assert_both_used_both, within=60)
            for http, path in endpoints:
                ok(await http.get(f"/api/v1{path}", headers=alex.headers))
        finally:
            stop.set()
            await asyncio.gather(*using)

        assert {status for _, status in answers} == {200}, answers
        assert kids[0] == kids[1]
        assert min(answers.values()) > 10


async def test_a_new_key_is_published_before_it_signs(auth: RunningService, installation: Installation) -> None:
    alex = await make_agent(auth, "Alex Agent")
    [first] = await logged_events(auth, SigningKeyPublished, PLATFORM)

    await rotate(installation)

    _, second = await logged_events(auth, SigningKeyPublished, PLATFORM, count=2)
    new = await wait_for_another_key(auth, alex)
    assert signing_kid(new) == second.kid != first.kid
    stored = await auth.db["signing_keys"].find_one({"kid": second.kid})
    assert stored is not None
    assert stored["signs_from"] - stored["created_at"] >= timedelta(seconds=LEAD)
    assert await published_kids(auth) == {first.kid, second.kid}


async def test_a_key_that_could_not_be_published_does_not_sign(installation: Installation) -> None:
    settings: dict[str, Any] = {"rate_limits": False, "signing_key_lead_seconds": 0.2}
    configured = installation.settings("auth", **settings)
    assert isinstance(configured, AuthSettings)
    async with installation.run("auth", **settings) as auth:
        alex = await make_agent(auth, "Alex Agent")
    async with installation.run("auth", role="api", **settings) as api:
        await rotate(installation)
        [_, waiting] = await api.db["signing_keys"].find().sort("number").to_list()
        assert waiting["outbox"]

        await key_rotator(configured).step()

        assert (await api.db["signing_keys"].find_one({"_id": waiting["_id"]}) or {})["signs_from"] is None
        assert signing_kid(await log_in(api, alex.email)) == signing_kid(alex)
        async with replica(installation, "auth", role="worker", **settings):
            await wait_for_another_key(api, alex)


async def test_an_old_key_is_trusted_until_its_last_token_expires_and_then_retired(installation: Installation) -> None:
    async with AsyncExitStack() as stack:
        auth = await stack.enter_async_context(
            installation.run("auth", rate_limits=False, signing_key_lead_seconds=LEAD)
        )
        tickets = await stack.enter_async_context(installation.run("tickets", rate_limits=False))
        await eventually(tickets.is_ready)
        alex = await make_agent(auth, "Alex Agent")
        await rotate(installation)
        new = await wait_for_another_key(auth, alex)
        await move_into_past(auth, "signs_from", TOKEN_LIFETIME + timedelta(minutes=4))
        ok(await auth.http.get("/api/v1/auth/me", headers=alex.headers))
        ok(await tickets.http.get("/api/v1/tickets", headers=alex.headers))

        await move_into_past(auth, "signs_from", timedelta(minutes=1))

        events = await logged_events(auth, SigningKeyPublished, PLATFORM, count=3)
        assert (events[-1].kid, events[-1].not_after is not None) == (signing_kid(alex), True)

        async def assert_refused() -> None:
            problem(await tickets.http.get("/api/v1/tickets", headers=alex.headers), 401, "unauthenticated")
            problem(await auth.http.get("/api/v1/auth/me", headers=alex.headers), 401, "unauthenticated")

        await eventually(assert_refused)
        ok(await tickets.http.get("/api/v1/tickets", headers=new.headers))
        assert await published_kids(auth) == {signing_kid(new)}
        retired = await auth.db["signing_keys"].find_one({"kid": signing_kid(alex)})
        assert retired is not None
        assert retired["encrypted_private_key"] is None


async def test_a_key_is_replaced_automatically_at_its_maximum_age(installation: Installation) -> None:
    settings: dict[str, Any] = {"rate_limits": False, "signing_key_lead_seconds": 0.2, "signing_key_days": 90}
    async with installation.run("auth", **settings) as one, replica(installation, "auth", **settings) as other:
        alex = await make_agent(one, "Alex Agent")
        await move_into_past(one, "created_at", timedelta(days=89))
        await move_into_past(one, "created_at", timedelta(days=1))

        new = await wait_for_another_key(one, alex)

        ok(await other.get("/api/v1/auth/me", headers=new.headers))
        assert await one.db["signing_keys"].count_documents({}) == 2


async def test_repeated_rotations_before_the_new_key_signs_create_one_key(installation: Installation) -> None:
    configured = installation.settings("auth")
    assert isinstance(configured, AuthSettings)
    async with installation.run("auth", role="api") as auth:
        made = await asyncio.gather(*(key_rotator(configured).rotate() for _ in range(5)))
        again = await key_rotator(configured).rotate()

        assert {key.kid for key in made} == {again.kid}
        assert await auth.db["signing_keys"].count_documents({}) == 2


async def test_a_new_service_learns_the_keys_although_the_stream_no_longer_has_them(
    auth: RunningService, installation: Installation
) -> None:
    alex = await make_agent(auth, "Alex Agent")
    await wait_until_settled(installation, auth)
    async with installation.connected("provisioner") as broker:
        await broker.jetstream.purge_stream("AUTH")
    async with installation.run("tickets", rate_limits=False) as tickets:
        await eventually(tickets.is_prepared)
        unready = await tickets.http.get("/readyz")
        assert unready.status_code == 503

        await move_into_past(auth, "published_at", REPUBLISH_INTERVAL)

        await eventually(tickets.is_ready)
        ok(await tickets.http.get("/api/v1/tickets", headers=alex.headers))
    republished = await logged_events(auth, SigningKeyPublished, PLATFORM, count=2)
    assert {(each.kid, each.not_after) for each in republished} == {(signing_kid(alex), None)}
