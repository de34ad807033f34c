"""Staff see whether the email address of a requester is confirmed; customers do not."""

import pytest

from common.events.auth import EmailVerificationRequested
from tests.support.credentials import link_token, logged_events
from tests.support.desk import Desk, ok
from tests.support.eventually import eventually
from tests.support.people import sign_up

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

    [link] = await logged_events(desk.auth, EmailVerificationRequested, stranger.organisation_id)
    body = {"token": link_token(link)}
    answer = await desk.auth.http.post("/api/v1/auth/verify-email", json=body, headers=stranger.headers)
    assert answer.status_code == 204

    await eventually(lambda: shown(verified=True))


async def test_a_confirmed_requester_is_shown_as_such_in_a_ticket_opened_for_them(desk: Desk) -> None:
    ticket = ok(await desk.create(desk.agent, requester_id=str(desk.customer.id)), 201)

    assert ticket.get("requester_email_verified") is True
