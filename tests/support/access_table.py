"""Who may call what: a request for every route, by operation id, and the status that each caller receives."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import uuid4

import httpx

from common.sealed import SecretCipher
from common.services import SERVICES
from notifications.unsubscribe.links import Link, UnsubscribeLinks
from tests.support import people
from tests.support.all_services import AllServices, CallerName, PathParameters
from tests.support.credentials import begin, first_step, issued_links, refresh_token, set_up, with_cookie
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person
from tests.support.services import UNSUBSCRIBE_KEY


@dataclass(frozen=True)
class Call:
    """`path` fills the parameters of the route; `by` replaces the caller whose status the table gives."""

    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    files: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    by: Person | None = None


class Route(NamedTuple):
    service: str
    method: str
    path: str


CallFactory = Callable[[AllServices, CallerName], Awaitable[Call]]


def routes_of(running: AllServices) -> dict[str, Route]:
    """Every route, by operation id."""
    return {
        operation["operationId"]: Route(name, method.upper(), path)
        for name, service in running.services.items()
        for path, operations in service.app.openapi()["paths"].items()
        for method, operation in operations.items()
    }


async def answered(running: AllServices, route: Route, call: Call, token: str | None) -> httpx.Response:
    headers = {**call.headers, **({"Authorization": f"Bearer {token}"} if token is not None else {})}
    path, parts = route.path.format(**call.path), {"json": call.body, "params": call.query, "files": call.files}
    return await running.services[route.service].http.request(route.method, path, headers=headers, **parts)


def call(body: Any = None) -> CallFactory:
    """`body` may be a function, for values that must be unique."""

    async def make(running: AllServices, caller: CallerName) -> Call:
        return Call(body=body() if callable(body) else body)

    return make


def about(resource: Callable[[AllServices], Awaitable[PathParameters]], **parts: Any) -> CallFactory:
    """A call about a resource made for it alone."""

    async def make(running: AllServices, caller: CallerName) -> Call:
        return Call(path=await resource(running), **parts)

    return make


def by_another(**parts: Any) -> CallFactory:
    """A call by a user made for it alone, since it changes what the user can do."""

    async def make(running: AllServices, caller: CallerName) -> Call:
        return Call(by=await running.another(caller), **parts)

    return make


async def segment(running: AllServices) -> PathParameters:
    return {"segment": "customers"}


async def agent_with_totp(running: AllServices) -> PathParameters:
    await set_up(running.auth, person := await running.another("agent"))
    return {"user_id": str(person.id)}


async def log_in(running: AllServices, caller: CallerName) -> Call:
    return Call(body=await running.login(caller))


async def log_in_with_code(running: AllServices, caller: CallerName) -> Call:
    app = await set_up(running.auth, person := await running.another(caller))
    token = await first_step(running.auth, person, running.organisation_of(caller))
    return Call(body={"mfa_token": token, "code": app.recovery_codes[0]})


async def refresh(running: AllServices, caller: CallerName) -> Call:
    answer = await running.auth.http.post("/api/v1/auth/login", json=await running.login(caller))
    return Call(headers=with_cookie(refresh_token(answer)))


async def emailed_token(running: AllServices, purpose: str, person: Person) -> str:
    async def sent() -> str:
        links = await issued_links(running.auth, purpose, person.organisation_id)
        return [each for each in links if each.recipient.id == person.id][-1].token

    return await eventually(sent)


async def reset_password(running: AllServices, caller: CallerName) -> Call:
    person = await running.another(caller)
    body = {"email": person.email, "organisation": running.organisation_of(caller)}
    await running.auth.http.post("/api/v1/auth/forgot-password", json=body)
    token = await emailed_token(running, "password_reset", person)
    return Call(body={"token": token, "password": "an entirely new password"})


async def verify_email(running: AllServices, caller: CallerName) -> Call:
    person = await running.another(caller)
    await request_email_change(running, person)
    token = await emailed_token(running, "verify_email", person)
    return Call(body={"token": token, "password": PASSWORD})


async def request_email_change(running: AllServices, person: Person) -> None:
    change = {"email": f"{uuid4()}@example.org"}
    ok(await running.auth.http.patch("/api/v1/auth/me", json=change, headers=person.headers))


async def cancel_email_change(running: AllServices, caller: CallerName) -> Call:
    await request_email_change(running, person := await running.another(caller))
    return Call(by=person)


async def cancel_email_change_by_link(running: AllServices, caller: CallerName) -> Call:
    await request_email_change(running, person := await running.another(caller))
    return Call(body={"token": await emailed_token(running, "email_change_requested", person)})


async def request_verification(running: AllServices, caller: CallerName) -> Call:
    return Call(by=await running.another(caller, email_verified=False))


async def accept_invitation(running: AllServices, caller: CallerName) -> Call:
    return Call(body={"token": await running.invitation_token(), "password": PASSWORD})


async def unsubscribe(running: AllServices, caller: CallerName) -> Call:
    person, links = running.desk.customer, UnsubscribeLinks(SecretCipher([UNSUBSCRIBE_KEY.get_secret_value()]))
    return Call(query={"token": links.token(Link(person.organisation_id, person.id, "replied"))})


async def confirm_totp(running: AllServices, caller: CallerName) -> Call:
    person = await running.another(caller)
    return Call(body={"code": (await begin(running.auth, person)).code()}, by=person)


async def with_second_factor(running: AllServices, caller: CallerName) -> Call:
    await set_up(running.auth, person := await running.another(caller))
    return Call(by=person)


async def revoke_session(running: AllServices, caller: CallerName) -> Call:
    """By somebody who has just logged in: it needs a recent proof of identity."""
    desk = running.desk
    is_owner = caller == "customer"
    by = await people.log_in(running.auth, desk.customer.email, desk.organisation) if is_owner else None
    return Call(path=await running.session_of_customer(), by=by or await running.another(caller))


async def assign(running: AllServices, caller: CallerName) -> Call:
    return Call(path=await running.ticket(), body={"user_id": str(running.desk.agent.id)})


def new_address() -> dict[str, str]:
    return {"email": f"{uuid4()}@example.org"}


Statuses = tuple[int, ...]
"""In the order of CALLERS: customer, other customer, agent, admin, operator, outsider."""

ALL = 200, 200, 200, 200, 200, 200
STAFF = 403, 403, 200, 200, 403, 200
ADMINS = 403, 403, 403, 200, 403, 200
OPERATORS = 403, 403, 403, 403, 200, 403
OWN_TICKET = 200, 404, 200, 200, 404, 404
OWN_INBOX = 200, 404, 404, 404, 404, 404
STAFF_OF_ORGANISATION = 403, 403, 200, 200, 403, 404
ADMINS_OF_ORGANISATION = 403, 403, 403, 200, 403, 404


def succeeding(statuses: Statuses, success: int) -> Statuses:
    """The same, where success has another status than 200."""
    return tuple(success if status == 200 else status for status in statuses)


def dead_letters(service: str) -> dict[str, tuple[Statuses, CallFactory]]:
    """The routes that every service has."""

    async def dead_letter_of(running: AllServices) -> PathParameters:
        return await running.dead_letter(service)

    one = 403, 403, 403, 200, 200, 404
    return {
        f"list_dead_letters_of_{service}": ((403, 403, 403, 200, 200, 200), call()),
        f"get_dead_letter_of_{service}": (one, about(dead_letter_of)),
        f"discard_dead_letter_of_{service}": (succeeding(one, 204), about(dead_letter_of)),
        f"replay_dead_letter_of_{service}": (succeeding(one, 204), about(dead_letter_of)),
    }


TICKET = {"title": "Printer", "description": "It burns."}
NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "an entirely new password"}

OPEN: dict[str, tuple[int, CallFactory]] = {
    "sign_up": (201, call(lambda: {**new_address(), "password": PASSWORD})),
    "log_in": (200, log_in),
    "log_in_with_code": (200, log_in_with_code),
    "refresh": (200, refresh),
    "forgot_password": (202, call({"email": "nobody@example.org"})),
    "reset_password": (204, reset_password),
    "verify_email": (204, verify_email),
    "cancel_email_change_by_link": (204, cancel_email_change_by_link),
    "accept_invitation": (201, accept_invitation),
    "jwks": (200, call()),
    "confirm_unsubscribe": (200, unsubscribe),
    "unsubscribe": (200, unsubscribe),
}

WITHOUT_PARAMETERS = {
    ALL: (
        "me list_security_events list_sessions list_tickets list_notifications count_unread mark_all_read stream"
        " get_preferences"
    ),
    STAFF: "export_tickets get_summary get_agents list_people get_settings",
    ADMINS: "list_users list_invitations get_own_organisation list_audit_entries list_mails get_mail_server "
    "list_suppressions",
    OPERATORS: "list_organisations",
}

ROWS: dict[str, tuple[Statuses, CallFactory]] = {
    **{name: (statuses, call()) for statuses, names in WITHOUT_PARAMETERS.items() for name in names.split()},
    # accounts
    "log_out": (succeeding(ALL, 204), by_another()),
    "change_me": (ALL, call({"locale": "en"})),
    "cancel_email_change": (succeeding(ALL, 204), cancel_email_change),
    "reauthenticate": (succeeding(ALL, 204), by_another(body={"password": PASSWORD})),
    "change_password": (succeeding(ALL, 204), by_another(body=NEW_PASSWORD)),
    "request_verification": (succeeding(ALL, 202), request_verification),
    "revoke_other_sessions": (succeeding(ALL, 204), by_another()),
    "revoke_session": ((204, 404, 404, 404, 404, 404), revoke_session),
    "start_totp_setup": (succeeding(ALL, 201), by_another()),
    "confirm_totp_setup": (ALL, confirm_totp),
    "disable_totp": (succeeding(ALL, 204), with_second_factor),
    "renew_recovery_codes": (ALL, with_second_factor),
    # people and organisations
    "get_user": (ADMINS_OF_ORGANISATION, about(AllServices.colleague)),
    "change_user": (ADMINS_OF_ORGANISATION, about(AllServices.colleague, body={"role": "customer"})),
    "disable_mfa_of_user": (succeeding(ADMINS_OF_ORGANISATION, 204), about(agent_with_totp)),
    "unlock_user": (succeeding(ADMINS_OF_ORGANISATION, 204), about(AllServices.colleague)),
    "invite": (succeeding(ADMINS, 201), call(lambda: {**new_address(), "name": "Nina"})),
    "create_contact": (succeeding(STAFF, 201), call(new_address)),
    "revoke_invitation": (succeeding(ADMINS_OF_ORGANISATION, 204), about(AllServices.invitation)),
    "change_own_organisation": (ADMINS, call({"name": "Another name"})),
    "create_organisation": (
        succeeding(OPERATORS, 201),
        call(lambda: {"slug": f"new-{uuid4()}", "name": "New"}),
    ),
    "get_organisation": (OPERATORS, about(AllServices.new_organisation)),
    "change_organisation": (OPERATORS, about(AllServices.new_organisation, body={"suspended": True})),
    # tickets
    "create_ticket": ((201, 201, 201, 201, 403, 201), call(TICKET)),
    "get_ticket": (OWN_TICKET, about(AllServices.ticket)),
    "change_ticket": ((403, 404, 200, 200, 404, 404), about(AllServices.ticket, body={"priority": "high"})),
    "replace_ticket": (OWN_TICKET, about(AllServices.ticket, body=TICKET)),
    "delete_ticket": (succeeding(ADMINS_OF_ORGANISATION, 204), about(AllServices.ticket)),
    "restore_ticket": (ADMINS_OF_ORGANISATION, about(AllServices.deleted_ticket)),
    "assign_ticket": (STAFF_OF_ORGANISATION, assign),
    "unassign_ticket": (STAFF_OF_ORGANISATION, about(AllServices.ticket)),
    "post_message": (succeeding(OWN_TICKET, 201), about(AllServices.ticket, body={"body": "Hello."})),
    "list_messages": (OWN_TICKET, about(AllServices.ticket)),
    "redact_message": (ADMINS_OF_ORGANISATION, about(AllServices.message)),
    "add_attachment": (succeeding(OWN_TICKET, 201), about(AllServices.ticket, files={"file": ("a.txt", b"Hello.")})),
    "list_attachments": (OWN_TICKET, about(AllServices.ticket)),
    "download_attachment": (OWN_TICKET, about(AllServices.attachment)),
    "list_history": (OWN_TICKET, about(AllServices.ticket)),
    "put_settings": (ADMINS, call({})),
    # notifications
    "mark_read": (OWN_INBOX, about(AllServices.notification)),
    "mark_unread": (OWN_INBOX, about(AllServices.notification)),
    "put_preferences": (ALL, call({"choices": []})),
    "get_defaults": (ADMINS, about(segment)),
    "put_defaults": (ADMINS, about(segment, body={"choices": []})),
    # mail
    "get_mail": (ADMINS_OF_ORGANISATION, about(AllServices.failed_mail)),
    "retry_mail": (succeeding(ADMINS_OF_ORGANISATION, 202), about(AllServices.failed_mail)),
    "mark_mail_sent": (ADMINS_OF_ORGANISATION, about(AllServices.unknown_mail)),
    "retry_failed_mails": (succeeding(ADMINS, 202), call({"limit": 1})),
    "add_suppression": (succeeding(ADMINS, 201), call(new_address)),
    "remove_suppression": (succeeding(ADMINS_OF_ORGANISATION, 204), about(AllServices.suppression)),
    # dead letters
    **{name: row for service in SERVICES for name, row in dead_letters(service).items()},
}

CALLS = {operation: factory for table in (OPEN, ROWS) for operation, (_, factory) in table.items()}
"""A request for every route."""
