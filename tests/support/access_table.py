"""Who may call what: for every route what is sent, and what everybody who could try is answered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import uuid4

from common.events.auth import EmailVerificationRequested, PasswordResetRequested
from common.sealed import Seal
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
Answers = tuple[int, int, int, int, int, int]
"""The statuses of those in TRUSTED, in that order: customer, other customer, agent, admin, operator, outsider."""

ALL = 200, 200, 200, 200, 200, 200
STAFF = 403, 403, 200, 200, 403, 200
ADMINS = 403, 403, 403, 200, 403, 200
OPERATORS = 403, 403, 403, 403, 200, 403
CUSTOMERS_THING = 200, 404, 200, 200, 404, 404
STAFFS_THING = 403, 403, 200, 200, 403, 404
ADMINS_THING = 403, 403, 403, 200, 403, 404


def made(answers: Answers, status: int) -> Answers:
    """The same, with what success is called here."""
    return tuple(status if answer == 200 else answer for answer in answers)  # type: ignore[return-value]


Making = Callable[[World, Trusted], Awaitable[Call]]


@dataclass(frozen=True)
class Row:
    """A route for those who are logged in."""

    answers: Answers
    making: Making


@dataclass(frozen=True)
class OpenRow:
    """A route for everybody."""

    status: int
    making: Making


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
    links = UnsubscribeLinks(Seal([UNSUBSCRIBE_KEY.get_secret_value()]))
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


async def create_for_customer(world: World, who: Trusted) -> Call:
    return Call(body={"title": "Printer", "description": "It burns."})


def dead_letters(service: str) -> dict[str, Row]:
    """The routes that every service has."""

    async def letter(world: World) -> Mapping[str, str]:
        return await world.dead_letter(service)

    lists = 403, 403, 403, 200, 200, 200
    one = 403, 403, 403, 200, 200, 404
    return {
        f"list_dead_letters_of_{service}": Row(lists, call()),
        f"get_dead_letter_of_{service}": Row(one, about(letter)),
        f"discard_dead_letter_of_{service}": Row(made(one, 204), about(letter)),
        f"replay_dead_letter_of_{service}": Row(made(one, 204), about(letter)),
    }


TICKET = {"title": "Printer", "description": "It burns."}
NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "an entirely new password"}

OPEN: dict[str, OpenRow] = {
    "sign_up": OpenRow(201, sign_up),
    "log_in": OpenRow(200, log_in),
    "log_in_with_code": OpenRow(200, log_in_with_code),
    "refresh": OpenRow(200, refresh),
    "forgot_password": OpenRow(202, call(body={"email": "nobody@example.org"})),
    "reset_password": OpenRow(204, reset_password),
    "verify_email": OpenRow(204, verify_email),
    "accept_invitation": OpenRow(201, accept_invitation),
    "jwks": OpenRow(200, call()),
    "ask_to_unsubscribe": OpenRow(200, unsubscribe),
    "unsubscribe": OpenRow(200, unsubscribe),
}

ROWS: dict[str, Row] = {
    # accounts
    "log_out": Row(made(ALL, 204), once()),
    "me": Row(ALL, call()),
    "change_me": Row(ALL, call(body={"locale": "en"})),
    "change_password": Row(made(ALL, 204), once(body=NEW_PASSWORD)),
    "request_verification": Row(made(ALL, 202), request_verification),
    "list_sessions": Row(ALL, call()),
    "revoke_other_sessions": Row(made(ALL, 204), once()),
    "revoke_session": Row((204, 404, 404, 404, 404, 404), about(own_session)),
    "begin_totp": Row(made(ALL, 201), once()),
    "confirm_totp": Row(ALL, confirm_totp),
    "disable_totp": Row(made(ALL, 204), prove_second_factor),
    "renew_recovery_codes": Row(ALL, prove_second_factor),
    # people and organisations
    "list_users": Row(ADMINS, call()),
    "get_user": Row(ADMINS_THING, about(World.colleague)),
    "change_user": Row(ADMINS_THING, about(World.colleague, body={"role": "customer"})),
    "disable_mfa_of_user": Row(made(ADMINS_THING, 204), about(somebody_with_a_second_factor)),
    "invite": Row(made(ADMINS, 201), invite),
    "list_invitations": Row(ADMINS, call()),
    "revoke_invitation": Row(made(ADMINS_THING, 204), about(World.invited)),
    "get_own_organisation": Row(ADMINS, call()),
    "change_own_organisation": Row(ADMINS, call(body={"name": "Another name"})),
    "create_organisation": Row(made(OPERATORS, 201), create_organisation),
    "list_organisations": Row(OPERATORS, call()),
    "get_organisation": Row(OPERATORS, about(World.organisation)),
    "change_organisation": Row(OPERATORS, about(World.organisation, body={"suspended": True})),
    # tickets
    "create_ticket": Row((201, 201, 201, 201, 403, 201), call(body=TICKET)),
    "list_tickets": Row(ALL, call()),
    "get_ticket": Row(CUSTOMERS_THING, about(World.ticket)),
    "change_ticket": Row((403, 404, 200, 200, 404, 404), about(World.ticket, body={"priority": "high"})),
    "replace_ticket": Row(CUSTOMERS_THING, about(World.ticket, body=TICKET)),
    "delete_ticket": Row(made(ADMINS_THING, 204), about(World.ticket)),
    "restore_ticket": Row(ADMINS_THING, about(World.deleted_ticket)),
    "assign_ticket": Row(STAFFS_THING, assign),
    "unassign_ticket": Row(STAFFS_THING, about(World.ticket)),
    "post_message": Row(made(CUSTOMERS_THING, 201), about(World.ticket, body={"body": "Hello."})),
    "list_messages": Row(CUSTOMERS_THING, about(World.ticket)),
    "redact_message": Row(ADMINS_THING, about(World.message)),
    "add_attachment": Row(made(CUSTOMERS_THING, 201), about(World.ticket, files={"file": ("a.txt", b"Hello.")})),
    "list_attachments": Row(CUSTOMERS_THING, about(World.ticket)),
    "download_attachment": Row(CUSTOMERS_THING, about(World.attachment)),
    "list_history": Row(CUSTOMERS_THING, about(World.ticket)),
    "export_tickets": Row(STAFF, call()),
    "get_summary": Row(STAFF, call()),
    "get_agents": Row(STAFF, call()),
    "list_people": Row(STAFF, call()),
    "list_audit_entries": Row(ADMINS, call()),
    "get_settings": Row(STAFF, call()),
    "put_settings": Row(ADMINS, call(body={})),
    # notifications
    "list_notifications": Row(ALL, call()),
    "count_unread": Row(ALL, call()),
    "mark_read": Row((200, 404, 404, 404, 404, 404), about(World.notification)),
    "mark_unread": Row((200, 404, 404, 404, 404, 404), about(World.notification)),
    "mark_all_read": Row(ALL, call()),
    "stream": Row(ALL, call()),
    "get_preferences": Row(ALL, call()),
    "put_preferences": Row(ALL, call(body={"choices": []})),
    "get_defaults": Row(ADMINS, about(party)),
    "put_defaults": Row(ADMINS, about(party, body={"choices": []})),
    # mail
    "list_mails": Row(ADMINS, call()),
    "get_mail": Row(ADMINS_THING, about(World.failed_mail)),
    "retry_mail": Row(made(ADMINS_THING, 202), about(World.failed_mail)),
    "list_suppressions": Row(ADMINS, call()),
    "add_suppression": Row(made(ADMINS, 201), suppress),
    "remove_suppression": Row(made(ADMINS_THING, 204), about(World.suppression)),
    # dead letters
    **dead_letters("auth"),
    **dead_letters("tickets"),
    **dead_letters("notifications"),
    **dead_letters("mailer"),
}
