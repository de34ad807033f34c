"""Whoever writes to a suppressed address is told, and mails that keep an account safe go out all the same."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from common import clock
from tests.integration.mailer.conftest import Office
from tests.integration.mailer.test_outbox import id_of, requested_mail
from tests.integration.mailer.test_suppressions import suppress
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.mailer_fixture import address_of, link_request

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECURITY = ["password_reset", "verify_email", "email_change_requested"]


def secret_link(office: Office, purpose: str) -> Any:
    at = clock.now() + timedelta(hours=1)
    return link_request(purpose, "top-secret", at, organisation_id=office.admin.organisation_id)


@pytest.mark.parametrize("purpose", SECURITY)
async def test_a_security_mail_goes_to_a_suppressed_address_and_the_outbox_says_so(
    office: Office, purpose: str
) -> None:
    request = secret_link(office, purpose)
    await suppress(office, address_of(request), reason="permanent_failure")

    await office.room.ask(request)

    await office.room.delivered(request)
    view = ok(await office.ask("GET", f"/outbox/{id_of(request)}"))
    assert (view["status"], view["address_suppressed"]) == ("sent", True)


async def test_a_change_of_the_second_factor_is_told_to_a_suppressed_address(office: Office) -> None:
    request = requested_mail(office, "mfa_disabled")
    await suppress(office, address_of(request))

    await office.room.ask(request)

    await office.room.delivered(request)


@pytest.mark.parametrize("purpose", [*SECURITY, "invitation"])
async def test_an_admin_can_stop_security_mails_on_purpose(office: Office, purpose: str) -> None:
    request = secret_link(office, purpose)
    added = await suppress(office, address_of(request), reason="no such person", includes_security_emails=True)
    assert added["includes_security_emails"] is True

    await office.room.ask(request)

    entry = await office.room.became(request, "suppressed")
    assert entry["last_error"] == "address_suppressed"


async def test_an_invitation_is_no_security_mail(office: Office) -> None:
    request = secret_link(office, "invitation")
    await suppress(office, address_of(request))

    await office.room.ask(request)

    await office.room.became(request, "suppressed")


async def call_auth(office: Office, method: str, path: str, **more: Any) -> httpx.Response:
    return await office.auth.http.request(method, f"/api/v1{path}", headers=office.admin.headers, **more)


async def test_admins_see_which_people_receive_no_emails_and_why(office: Office) -> None:
    person = await office.somebody("agent")
    added = await suppress(office, person.email, reason="It bounced.")

    async def shown(reason: str | None) -> None:
        one = ok(await call_auth(office, "GET", f"/users/{person.id}"))
        listed = ok(await call_auth(office, "GET", "/users"))["items"]
        found = {each["id"]: each["email_suppression"] for each in (*listed, one)}
        assert found == {str(office.admin.id): None, str(person.id): reason}

    await eventually(lambda: shown("It bounced."))
    await office.ask("DELETE", f"/suppressions/{added['id']}")
    await eventually(lambda: shown(None))


async def test_staff_who_open_a_ticket_for_a_suppressed_address_see_it(office: Office) -> None:
    email = f"{uuid4()}@example.org"
    await suppress(office, email, reason="It bounced.")

    async def shown() -> None:
        contact = ok(await call_auth(office, "POST", "/users/contacts", json={"email": email}), 201)
        assert contact["email_suppression"] == "It bounced."

    await eventually(shown)


async def test_an_invitation_to_a_suppressed_address_is_refused_with_the_way_out(office: Office) -> None:
    email = f"{uuid4()}@example.org"
    added = await suppress(office, email, reason="It bounced.")
    body = {"email": email.upper(), "name": "Nina New"}

    async def refused() -> None:
        answer = await call_auth(office, "POST", "/users/invitations", json=body)
        refusal = problem(answer, 409, "email_suppressed")
        assert "suppression list" in refusal["detail"]

    await eventually(refused)
    await office.ask("DELETE", f"/suppressions/{added['id']}")

    async def invited() -> None:
        ok(await call_auth(office, "POST", "/users/invitations", json=body), 201)

    await eventually(invited)
