"""Who is told of a change of what protects an account, and what an address that nobody proved receives."""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from common.events.notifications import EmailRequested
from common.events.tickets import TicketStatusChanged
from common.notification_kinds import KINDS, SecurityChange
from common.outbox import EventLog, EventSelection
from tests.support.credentials import first_step, issued_links, second_step, set_up
from tests.support.desk import Desk, ok
from tests.support.inboxes import Inboxes, message_posted, ref, ticket_of
from tests.support.people import PASSWORD, Person, make_admin, make_agent, sign_up

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEW_ADDRESS = "robin@elsewhere.example"


async def change_password(desk: Desk, agent: Person, admin: Person) -> None:
    body = {"current_password": PASSWORD, "new_password": "an entirely new password"}
    answer = await desk.auth.http.post("/api/v1/auth/change-password", json=body, headers=agent.headers)
    assert answer.status_code == 204, answer.text


async def enable_mfa(desk: Desk, agent: Person, admin: Person) -> None:
    await set_up(desk.auth, agent)


async def remove_mfa(desk: Desk, agent: Person, admin: Person) -> None:
    await set_up(desk.auth, agent)
    answer = await desk.auth.http.delete(f"/api/v1/users/{agent.id}/mfa", headers=admin.headers)
    assert answer.status_code == 204, answer.text


async def use_recovery_code(desk: Desk, agent: Person, admin: Person) -> None:
    app = await set_up(desk.auth, agent)
    token = await first_step(desk.auth, agent, desk.organisation)
    ok(await second_step(desk.auth, token, app.recovery_codes[0]))


async def renew_recovery_codes(desk: Desk, agent: Person, admin: Person) -> None:
    await set_up(desk.auth, agent)
    ok(await desk.auth.http.post("/api/v1/auth/mfa/recovery-codes", headers=agent.headers))


async def request_email_change(desk: Desk, agent: Person, admin: Person) -> None:
    ok(await desk.auth.http.patch("/api/v1/auth/me", json={"email": NEW_ADDRESS}, headers=agent.headers))


async def cancel_email_change(desk: Desk, agent: Person, admin: Person) -> None:
    await request_email_change(desk, agent, admin)
    answer = await desk.auth.http.delete("/api/v1/auth/me/pending-email", headers=agent.headers)
    assert answer.status_code == 204, answer.text


async def change_email(desk: Desk, agent: Person, admin: Person) -> None:
    await request_email_change(desk, agent, admin)
    [link] = await issued_links(desk.auth, "verify_email", agent.organisation_id)
    assert link.recipient.email == NEW_ADDRESS
    body = {"token": link.token}
    answer = await desk.auth.http.post("/api/v1/auth/verify-email", json=body, headers=agent.headers)
    assert answer.status_code == 204, answer.text


async def restore_email(desk: Desk, agent: Person, admin: Person) -> None:
    await change_email(desk, agent, admin)
    [link] = await issued_links(desk.auth, "email_change_requested", agent.organisation_id)
    answer = await desk.auth.http.post("/api/v1/auth/cancel-email-change", json={"token": link.token})
    assert answer.status_code == 204, answer.text


async def change_role(desk: Desk, agent: Person, admin: Person) -> None:
    ok(await desk.auth.http.patch(f"/api/v1/users/{agent.id}", json={"role": "admin"}, headers=admin.headers))


ACTS: dict[str, Callable[[Desk, Person, Person], Awaitable[None]]] = {
    "password_changed": change_password,
    "mfa_enabled": enable_mfa,
    "mfa_disabled": remove_mfa,
    "recovery_code_used": use_recovery_code,
    "recovery_codes_renewed": renew_recovery_codes,
    "email_change_cancelled": cancel_email_change,
    "email_changed": change_email,
    "email_restored": restore_email,
    "role_changed": change_role,
}


async def mails_of(inboxes: Inboxes, person: Person) -> list[EmailRequested]:
    """All requested mails to a person, once every event is handled."""
    await inboxes.settle()
    wanted = EventSelection(type=EmailRequested.type, organisation_id=person.organisation_id)
    requested = [EmailRequested.model_validate(e.data) async for e in EventLog(inboxes.notifications.db).read(wanted)]
    return [mail for mail in requested if mail.recipient.id == person.id]


@pytest.mark.parametrize("kind", ACTS)
async def test_a_security_change_is_always_told_by_mail_and_in_the_inbox(
    desk: Desk, inboxes: Inboxes, kind: str
) -> None:
    agent = await make_agent(desk.auth, "Robin Agent", desk.organisation)
    admin = await make_admin(desk.auth, "Ada Admin", desk.organisation)
    await inboxes.settle()

    await ACTS[kind](desk, agent, admin)

    mails = [mail for mail in await mails_of(inboxes, agent) if mail.kind == kind]
    addresses = {agent.email, NEW_ADDRESS} if kind == "email_changed" else {agent.email}
    assert {mail.recipient.email for mail in mails} == addresses
    assert len(mails) == len(addresses)
    by = {mail.context["by"] for mail in mails}
    assert by == ({"Ada Admin"} if kind in ("mfa_disabled", "role_changed") else {None})
    assert [mail.unsubscribe_token for mail in mails] == [None] * len(mails)
    stored = await inboxes.notifications.db["notifications"].count_documents(
        {"recipient_id": agent.id, "kind": kind, "in_app": True}
    )
    assert stored == 1


async def test_a_change_of_the_address_is_announced_to_the_present_address_with_a_link_that_cancels_it(
    desk: Desk, inboxes: Inboxes
) -> None:
    agent = await make_agent(desk.auth, "Robin Agent", desk.organisation)

    await request_email_change(desk, agent, agent)

    [link] = await issued_links(desk.auth, "email_change_requested", agent.organisation_id)
    assert (link.recipient.email, link.recipient.id) == (agent.email, agent.id)


def security_kinds() -> set[str]:
    return {name for name, kind in KINDS.items() if issubclass(kind, SecurityChange)}


async def test_every_security_change_is_tried_and_mandatory() -> None:
    assert set(ACTS) == security_kinds()
    assert all(KINDS[name].mandatory for name in ACTS)


async def test_an_unproved_address_receives_only_its_own_links_and_what_staff_write_or_resolve(
    desk: Desk, inboxes: Inboxes
) -> None:
    stranger = await sign_up(desk.auth, f"Vera {uuid4()}", desk.organisation)
    await inboxes.settle()
    ticket = ticket_of(desk).model_copy(update={"requester": ref(stranger)})
    colleague = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    await set_up(desk.auth, stranger)

    await inboxes.said(message_posted(ticket, desk.customer), desk.customer)
    await inboxes.said(TicketStatusChanged(ticket=ticket, before="new", after="pending"), colleague)
    assert await mails_of(inboxes, stranger) == []

    await inboxes.said(message_posted(ticket, colleague), colleague)
    await inboxes.settle()
    await inboxes.said(TicketStatusChanged(ticket=ticket, before="pending", after="resolved"), colleague)
    kinds = [mail.kind for mail in await mails_of(inboxes, stranger)]
    assert kinds == ["replied", "status_changed"]


async def test_a_mail_to_staff_says_that_the_address_of_the_requester_is_not_confirmed(
    desk: Desk, inboxes: Inboxes
) -> None:
    stranger = await sign_up(desk.auth, f"Vera {uuid4()}", desk.organisation)
    await inboxes.settle()
    for requester, unconfirmed in ((stranger, True), (desk.customer, False)):
        ticket = ticket_of(desk, desk.agent).model_copy(update={"requester": ref(requester)})

        await inboxes.said(message_posted(ticket, requester), requester)

        mail = (await mails_of(inboxes, desk.agent))[-1]
        assert (mail.kind, mail.context["requester_unconfirmed"]) == ("replied", unconfirmed)
