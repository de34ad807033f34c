"""What is sent to a route, so that whoever may call it succeeds: made for each call, by who makes it."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from common.events.auth import EmailVerificationRequested, PasswordResetRequested
from common.sealed import SecretCipher
from notifications.unsubscribe.links import Link, UnsubscribeLinks
from tests.support.calls import Call
from tests.support.cookies import refresh_token, with_cookie
from tests.support.eventually import eventually
from tests.support.letters import said, token_in
from tests.support.people import PASSWORD, Person
from tests.support.second_factor import begin, first_step, set_up
from tests.support.services import UNSUBSCRIBE_KEY
from tests.support.world import Trusted, World

L = TypeVar("L", EmailVerificationRequested, PasswordResetRequested)

Making = Callable[[World, Trusted], Awaitable[Call]]


def call(**said: Any) -> Making:
    """That says the same each time."""

    async def make(world: World, who: Trusted) -> Call:
        return Call(**said)

    return make


def about(thing: Callable[[World], Awaitable[Mapping[str, str]]], **said: Any) -> Making:
    """About something that is there for this call alone."""

    async def make(world: World, who: Trusted) -> Call:
        return Call(path=await thing(world), **said)

    return make


def once(**said: Any) -> Making:
    """By somebody who does nothing else, since it changes what they can do."""

    async def make(world: World, who: Trusted) -> Call:
        return Call(by=await world.another(who), **said)

    return make


async def party(world: World) -> Mapping[str, str]:
    return {"party": "customers"}


async def own_session(world: World) -> Mapping[str, str]:
    customer = world.desk.customer
    body = {"email": customer.email, "password": PASSWORD, "organisation": world.desk.organisation}
    logged_in = Person.of((await world.auth.http.post("/api/v1/auth/login", json=body)).json())
    answer = await world.auth.http.get("/api/v1/auth/sessions", headers=logged_in.headers)
    [current] = [each["id"] for each in answer.json()["items"] if each["current"]]
    return {"session_id": current}


async def somebody_with_a_second_factor(world: World) -> Mapping[str, str]:
    person = await world.another("agent")
    await set_up(world.auth, person)
    return {"user_id": str(person.id)}


async def sign_up(world: World, who: Trusted) -> Call:
    return Call(body={"email": f"{uuid4()}@example.org", "password": PASSWORD})


async def log_in(world: World, who: Trusted) -> Call:
    person = await world.another(who)
    return Call(body={"email": person.email, "password": PASSWORD, "organisation": world.organisation_of(who)})


async def log_in_with_code(world: World, who: Trusted) -> Call:
    person = await world.another(who)
    app = await set_up(world.auth, person)
    token = await first_step(world.auth, person, world.organisation_of(who))
    return Call(body={"mfa_token": token, "code": app.recovery_codes[0]})


async def refresh(world: World, who: Trusted) -> Call:
    said_before = await log_in(world, who)
    answer = await world.auth.http.post("/api/v1/auth/login", json=said_before.body)
    return Call(headers=with_cookie(refresh_token(answer)))


async def letter_to(world: World, kind: type[L], person: Person) -> L:
    async def sent() -> L:
        letters = [each for each in await said(world.auth, kind, person.organisation_id) if each.user_id == person.id]
        assert letters
        return letters[-1]

    return await eventually(sent)


async def reset_password(world: World, who: Trusted) -> Call:
    person = await world.another(who)
    body = {"email": person.email, "organisation": world.organisation_of(who)}
    await world.auth.http.post("/api/v1/auth/forgot-password", json=body)
    letter = await letter_to(world, PasswordResetRequested, person)
    return Call(body={"token": token_in(letter), "password": "an entirely new password"})


async def verify_email(world: World, who: Trusted) -> Call:
    person = await world.another(who)
    change = {"email": f"{uuid4()}@example.org", "current_password": PASSWORD}
    await world.auth.http.patch("/api/v1/auth/me", json=change, headers=person.headers)
    return Call(body={"token": token_in(await letter_to(world, EmailVerificationRequested, person))})


async def request_verification(world: World, who: Trusted) -> Call:
    return Call(by=await world.another(who, email_verified=False))


async def accept_invitation(world: World, who: Trusted) -> Call:
    return Call(body={"token": token_in(await world.invitation()), "password": PASSWORD})


async def unsubscribe(world: World, who: Trusted) -> Call:
    person = world.desk.customer
    links = UnsubscribeLinks(SecretCipher([UNSUBSCRIBE_KEY.get_secret_value()]))
    return Call(query={"token": links.token(Link(person.organisation_id, person.id, "replied"))})


async def confirm_totp(world: World, who: Trusted) -> Call:
    person = await world.another(who)
    return Call(body={"code": (await begin(world.auth, person)).code()}, by=person)


async def prove_second_factor(world: World, who: Trusted) -> Call:
    person = await world.another(who)
    app = await set_up(world.auth, person)
    return Call(body={"password": PASSWORD, "code": app.recovery_codes[0]}, by=person)


async def create_organisation(world: World, who: Trusted) -> Call:
    return Call(body={"slug": f"new-{uuid4().hex[:20]}", "name": "New"})


async def invite(world: World, who: Trusted) -> Call:
    return Call(body={"email": f"{uuid4()}@example.org", "name": "Nina Newcomer"})


async def suppress(world: World, who: Trusted) -> Call:
    return Call(body={"email": f"{uuid4()}@example.org"})


async def assign(world: World, who: Trusted) -> Call:
    return Call(path=await world.ticket(), body={"user_id": str(world.desk.agent.id)})
