"""Contacts: people for whom staff open tickets before they have an account."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from common.events.auth import (
    UserRegistered,
    UserUpdated,
)
from tests.support.credentials import issued_links, logged_events
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, Person, make_admin, make_agent, make_operator, make_outsider, make_person
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

ADDRESS = "Phoebe.Phone@example.org"


async def create(auth: RunningService, by: Person, **fields: Any) -> httpx.Response:
    body = {"email": ADDRESS, "name": "Phoebe Phone", **fields}
    return await auth.http.post("/api/v1/users/contacts", json=body, headers=by.headers)


async def attempt_login(auth: RunningService, organisation: str, password: str = PASSWORD) -> httpx.Response:
    body = {"email": ADDRESS, "password": password, "organisation": organisation}
    return await auth.http.post("/api/v1/auth/login", json=body)


async def test_staff_make_one_contact_for_an_address(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    answers = await asyncio.gather(*(create(auth, alex, email=each) for each in (ADDRESS, ADDRESS.lower())))

    contact, same = [ok(answer, 201) for answer in answers]
    assert contact["id"] == same["id"]
    assert (contact["name"], contact["role"]) == ("Phoebe Phone", "customer")
    assert (contact["is_contact"], contact["email_verified"]) == (True, False)
    registered = await logged_events(auth, UserRegistered, alex.organisation_id, count=2)
    assert [each.person.email.lower() for each in registered if not each.person.email_verified] == [ADDRESS.lower()]
    assert ok(await create(auth, alex, email=alex.email), 201)["is_contact"] is False


async def test_nobody_else_makes_contacts_and_an_organisation_has_its_own(
    auth: RunningService, organisation: str
) -> None:
    casey = await make_person(auth, "customer", "Casey Customer", organisation)
    problem(await create(auth, casey), 403, "forbidden")
    alex, outsider = await make_agent(auth, "Alex Agent", organisation), await make_outsider(auth)

    ids = {ok(await create(auth, by), 201)["id"] for by in (alex, outsider)}

    assert len(ids) == 2


async def test_no_ticket_is_opened_for_an_operator(auth: RunningService) -> None:
    olga, alex = await make_operator(auth), await make_agent(auth, "Alex of the default organisation")

    problem(await create(auth, alex, email=olga.email), 403, "forbidden")


async def test_a_login_of_a_contact_is_answered_as_for_an_unknown_address(
    auth: RunningService, organisation: str
) -> None:
    unknown = await attempt_login(auth, organisation)
    ok(await create(auth, await make_agent(auth, "Alex Agent", organisation)), 201)

    known = await attempt_login(auth, organisation)

    bodies = [{k: v for k, v in each.json().items() if k != "request_id"} for each in (unknown, known)]
    assert (unknown.status_code, known.status_code) == (401, 401)
    assert bodies[0] == bodies[1]


async def test_admins_see_contacts_and_a_deactivated_person_is_none(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    contact = ok(await create(auth, ada), 201)
    listed = ok(await auth.http.get("/api/v1/users", headers=ada.headers))["items"]
    assert {each["name"]: each["is_contact"] for each in listed} == {"Ada Admin": False, "Phoebe Phone": True}
    ok(await auth.http.patch(f"/api/v1/users/{contact['id']}", json={"active": False}, headers=ada.headers))

    problem(await create(auth, ada), 409, "account_deactivated")


async def test_a_contact_who_signs_up_keeps_id_and_name_and_is_not_verified(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    contact = ok(await create(auth, alex), 201)
    body = {"email": ADDRESS, "password": PASSWORD, "name": "Somebody Else", "organisation": organisation}

    user = ok(await auth.http.post("/api/v1/auth/signup", json=body), 201)["user"]

    assert (user["id"], user["name"]) == (contact["id"], "Phoebe Phone")
    stored = await auth.db["users"].find_one({"_id": UUID(user["id"])})
    assert stored is not None
    assert stored["email_verified"] is False
    [link] = await issued_links(auth, "verify_email", alex.organisation_id)
    assert link.recipient.email == ADDRESS
    problem(await auth.http.post("/api/v1/auth/signup", json=body), 409, "email_taken")


async def test_a_contact_who_signs_up_is_written_to_in_the_language_of_the_sign_up(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    contact = ok(await create(auth, alex, locale="en"), 201)
    body = {"email": ADDRESS, "password": PASSWORD, "organisation": organisation, "locale": "de"}

    ok(await auth.http.post("/api/v1/auth/signup", json=body), 201)

    [link] = await issued_links(auth, "verify_email", alex.organisation_id)
    assert link.recipient.locale == "de"
    updated = await logged_events(auth, UserUpdated, alex.organisation_id, count=1)
    assert [(str(each.person.id), each.person.locale) for each in updated] == [(contact["id"], "de")]


async def test_a_reset_makes_a_contact_a_full_account(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    contact = ok(await create(auth, alex), 201)
    request = {"email": ADDRESS, "organisation": organisation}
    await auth.http.post("/api/v1/auth/forgot-password", json=request)
    [link] = await issued_links(auth, "password_reset", alex.organisation_id)
    body = {"token": link.token, "password": PASSWORD}

    assert (await auth.http.post("/api/v1/auth/reset-password", json=body)).status_code == 204

    person = Person.of(ok(await attempt_login(auth, organisation)))
    assert str(person.id) == contact["id"]
    assert ok(await auth.http.get("/api/v1/auth/me", headers=person.headers))["email_verified"] is True
    assert ok(await create(auth, alex), 201)["is_contact"] is False


async def test_an_invitation_makes_a_contact_a_full_account(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    contact = ok(await create(auth, ada), 201)
    new = {"email": ADDRESS, "name": "Phoebe", "role": "agent"}
    ok(await auth.http.post("/api/v1/users/invitations", json=new, headers=ada.headers), 201)
    [link] = await issued_links(auth, "invitation", ada.organisation_id)
    body = {"token": link.token, "password": PASSWORD}

    user = ok(await auth.http.post("/api/v1/auth/accept-invitation", json=body), 201)["user"]

    assert (user["id"], user["role"]) == (contact["id"], "agent")
    assert ok(await create(auth, ada), 201)["is_contact"] is False
