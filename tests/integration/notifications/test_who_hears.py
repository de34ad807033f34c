"""Who is told of what, and where; and who is not."""

import pytest

from common.events.auth import Person as KnownPerson
from common.events.auth import UserUpdated
from common.events.tickets import TicketStatusChanged
from tests.support.credentials import issued_links
from tests.support.desk import Desk
from tests.support.inboxes import Inboxes, message_posted, ticket_of
from tests.support.people import another_organisation, make_agent, make_person, sign_up

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING: tuple[list[str], list[str]] = ([], [])


async def test_a_new_ticket_is_told_to_all_agents_and_admins_and_mailed_to_nobody(desk: Desk, inboxes: Inboxes) -> None:
    second = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
    neighbour = await make_person(desk.auth, "customer", "Nora Neighbour", desk.organisation)
    stranger = await make_agent(desk.auth, "Sam Stranger", await another_organisation())
    await inboxes.settle()

    ticket = await desk.ticket(desk.customer, title="Printer")

    for person in (desk.agent, second, admin):
        assert await inboxes.notifications_of(person) == (["ticket_created"], [])
        newest = (await inboxes.page(person))["items"][0]
        assert (newest["ticket_id"], newest["ticket_number"], newest["title"]) == (ticket["id"], 1, "Printer")
        assert newest["actor"] == {"id": str(desk.customer.id), "name": desk.customer.name}
        assert newest["read_at"] is None
    for person in (desk.customer, neighbour, stranger):
        assert await inboxes.notifications_of(person) == NOTHING


async def test_an_agent_who_opens_a_ticket_hears_nothing_of_it_and_the_others_do(desk: Desk, inboxes: Inboxes) -> None:
    second = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    await inboxes.settle()

    await desk.ticket(desk.agent, requester_id=str(desk.customer.id))

    assert await inboxes.notifications_of(desk.agent) == NOTHING
    assert await inboxes.notifications_of(second) == (["ticket_created"], [])


async def test_a_requester_is_told_and_mailed_when_the_status_changes(desk: Desk, inboxes: Inboxes) -> None:
    ticket = await desk.ticket(desk.customer, title="Printer")

    await desk.change_status(desk.agent, ticket, "pending")

    assert await inboxes.notifications_of(desk.customer) == (["status_changed"], ["status_changed"])
    [mail] = await inboxes.mails(desk.customer)
    assert (mail.recipient.email, mail.recipient.name) == (desk.customer.email, desk.customer.name)
    assert (str(mail.ticket_id), mail.ticket_number) == (ticket["id"], ticket["number"])
    assert mail.context == {"before": "new", "after": "pending"}
    assert (mail.audience, mail.ticket_title) == ("requester", "Printer")
    assert await inboxes.notifications_of(desk.agent) == (["ticket_created"], [])


async def test_who_changes_an_own_ticket_hears_nothing_of_it(desk: Desk, inboxes: Inboxes) -> None:
    ticket = await desk.ticket(desk.customer)

    await desk.change_status(desk.customer, ticket, "resolved", "open")
    await desk.wrote(desk.customer, ticket)

    assert await inboxes.notifications_of(desk.customer) == NOTHING
    # Nobody is to answer yet, so whoever could is told of what the customer says.
    assert await inboxes.notifications_of(desk.agent) == (["ticket_created", "replied"], [])


async def test_a_requester_is_told_and_mailed_of_a_reply_once_though_it_also_opened_the_ticket(
    desk: Desk, inboxes: Inboxes
) -> None:
    ticket = await desk.ticket(desk.customer)

    await desk.wrote(desk.agent, ticket, "Use *water*.")

    assert await inboxes.notifications_of(desk.customer) == (["replied"], ["replied"])
    [mail] = await inboxes.mails(desk.customer)
    assert mail.context["body"] == "Use *water*."


async def test_an_internal_note_is_told_to_nobody_where_there_is_no_assignee(desk: Desk, inboxes: Inboxes) -> None:
    ticket = await desk.ticket(desk.customer)

    await desk.wrote(desk.agent, ticket, "psst", visibility="internal")

    assert await inboxes.notifications_of(desk.customer) == NOTHING
    assert await inboxes.notifications_of(desk.agent) == (["ticket_created"], [])


async def test_an_assignee_is_mailed_what_the_customer_replies_and_only_told_of_notes_and_moves(
    desk: Desk, inboxes: Inboxes
) -> None:
    second = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    await inboxes.settle()
    ticket = ticket_of(desk, desk.agent)

    await inboxes.said(message_posted(ticket, desk.customer), desk.customer)
    await inboxes.settle()
    await inboxes.said(message_posted(ticket, second, visibility="internal"), second)
    await inboxes.settle()
    moved = TicketStatusChanged(ticket=ticket, before="pending", after="open")
    await inboxes.said(moved, desk.customer)

    assert await inboxes.notifications_of(desk.agent) == (["replied", "noted", "status_changed"], ["replied"])
    assert await inboxes.notifications_of(desk.customer) == NOTHING
    assert await inboxes.notifications_of(second) == NOTHING


async def test_an_assignee_hears_nothing_of_own_notes(desk: Desk, inboxes: Inboxes) -> None:
    note = message_posted(ticket_of(desk, desk.agent), desk.agent, visibility="internal")

    await inboxes.said(note, desk.agent)

    assert await inboxes.notifications_of(desk.agent) == NOTHING


async def test_nobody_inactive_hears_anything(desk: Desk, inboxes: Inboxes) -> None:
    gone = await make_agent(desk.auth, "Gone Agent", desk.organisation)
    person = KnownPerson(id=gone.id, email=gone.email, name=gone.name, role=gone.role, active=False)
    await inboxes.said(UserUpdated(person=person), None, gone.id, organisation_id=gone.organisation_id)
    await inboxes.settle()

    await desk.ticket(desk.customer)

    assert await inboxes.notifications_of(gone) == NOTHING
    assert await inboxes.notifications_of(desk.agent) == (["ticket_created"], [])


async def test_who_signs_up_is_welcomed_in_the_app_and_mailed_only_the_link(desk: Desk, inboxes: Inboxes) -> None:
    new_user = await sign_up(desk.auth, "Nina Newcomer", desk.organisation)
    await inboxes.settle()

    [welcome] = (await inboxes.page(new_user))["items"]
    assert (welcome["kind"], welcome["ticket_id"]) == ("welcome", None)
    asked = await inboxes.notifications.db["events"].find({"type": "notifications.email.requested"}).to_list()
    mine = [event["data"]["kind"] for event in asked if event["data"]["recipient"]["id"] == str(new_user.id)]
    assert mine == []
    assert await issued_links(desk.auth, "verify_email", new_user.organisation_id)
