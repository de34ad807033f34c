"""Staff see whether the email address of a requester is confirmed; customers do not."""

from typing import Any

import pytest

from tests.support.credentials import issued_links, refresh_token, with_cookie
from tests.support.desk import Desk, ok, problem
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person, sign_up

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_staff_see_that_the_address_of_a_requester_is_not_confirmed_until_it_is(desk: Desk) -> None:
    stranger = await sign_up(desk.auth, "Vera Stranger", desk.organisation)
    ticket = await desk.ticket(stranger)
    assert ticket.get("requester_email_verified") is None

    async def shown(*, verified: bool) -> None:
        [listed] = (await desk.listed(desk.agent, requester=str(stranger.id)))["items"]
        changed = await desk.changed(desk.agent, ticket, priority="high")
        assigned = await desk.assigned(desk.agent, ticket, desk.agent)
        for view in (listed, changed, assigned, await desk.get(desk.agent, ticket)):
            assert view.get("requester_email_verified") is verified

    await eventually(lambda: shown(verified=False))
    assert (await desk.get(stranger, ticket)).get("requester_email_verified") is None
    [own] = (await desk.listed(stranger))["items"]
    assert own.get("requester_email_verified") is None

    [link] = await issued_links(desk.auth, "verify_email", stranger.organisation_id)
    body = {"token": link.token}
    answer = await desk.auth.http.post("/api/v1/auth/verify-email", json=body, headers=stranger.headers)
    assert answer.status_code == 204

    await eventually(lambda: shown(verified=True))


async def test_a_confirmed_requester_is_shown_as_such_in_a_ticket_opened_for_them(desk: Desk) -> None:
    ticket = ok(await desk.create(desk.agent, requester_id=str(desk.customer.id)), 201)

    assert ticket.get("requester_email_verified") is True


async def test_a_requester_who_is_not_known_yet_is_shown_as_not_confirmed(desk: Desk) -> None:
    customer = await desk.joined_by("customer", "Nora Newcomer")
    ticket = await desk.ticket(customer)
    await desk.tickets.db["people"].delete_one({"_id": customer.id})

    assert (await desk.get(desk.agent, ticket)).get("requester_email_verified") is False


async def test_a_stranger_who_signs_up_with_the_address_of_a_contact_sees_its_tickets_only_after_the_proof(
    desk: Desk,
) -> None:
    new = {"email": "phoebe.phone@example.org", "name": "Phoebe Phone"}
    created = await desk.auth.http.post("/api/v1/users/contacts", json=new, headers=desk.agent.headers)
    contact = ok(created, 201)

    async def open_ticket() -> dict[str, Any]:
        return ok(await desk.create(desk.agent, requester_id=contact["id"]), 201)

    ticket = await eventually(open_ticket)
    body = {"email": new["email"], "password": PASSWORD, "organisation": desk.organisation}
    signed_up = await desk.auth.http.post("/api/v1/auth/signup", json=body)
    stranger = Person.of(ok(signed_up, 201))
    own = await desk.ticket(stranger)

    assert [each["id"] for each in (await desk.listed(stranger))["items"]] == [own["id"]]
    for path in ("", "/messages", "/history"):
        problem(await desk.ask(stranger, "GET", f"/{ticket['id']}{path}"), 404, "not_found")

    [link] = await issued_links(desk.auth, "verify_email", stranger.organisation_id)
    verification = {"token": link.token}
    answer = await desk.auth.http.post("/api/v1/auth/verify-email", json=verification, headers=stranger.headers)
    assert answer.status_code == 204
    refreshed = await desk.auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(signed_up)))
    proved = Person.of(ok(refreshed))
    assert {each["id"] for each in (await desk.listed(proved))["items"]} == {own["id"], ticket["id"]}
