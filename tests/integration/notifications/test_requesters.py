"""What the requester of a ticket receives when it is opened: by themselves, or by staff for them."""

import pytest

from common.events.notifications import EmailRequested
from common.outbox import EventLog, EventSelection
from tests.support.desk import Desk, ok
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes
from tests.support.people import Person, make_person, sign_up

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def mails(inboxes: Inboxes, person: Person) -> list[EmailRequested]:
    """About tickets, receipts included."""
    await inboxes.settle()
    wanted = EventSelection(type=EmailRequested.type, organisation_id=person.organisation_id)
    asked = [EmailRequested.model_validate(e.data) async for e in EventLog(inboxes.notifications.db).read(wanted)]
    return [mail for mail in asked if mail.recipient.id == person.id and mail.ticket_id is not None]


async def test_a_requester_is_notified_of_a_ticket_that_staff_opened_for_them(desk: Desk, inboxes: Inboxes) -> None:
    ticket = ok(await desk.create(desk.agent, requester_id=str(desk.customer.id)), 201)

    assert await inboxes.notifications_of(desk.customer) == (["ticket_created"], ["ticket_created"])
    [mail] = await mails(inboxes, desk.customer)
    assert (mail.audience, str(mail.ticket_id)) == ("requester", ticket["id"])
    assert mail.context["body"] == "It burns."


async def test_a_contact_whose_address_is_not_proved_is_mailed_what_staff_wrote(desk: Desk, inboxes: Inboxes) -> None:
    new = {"email": "phoebe.phone@example.org", "name": "Phoebe Phone"}
    created = await desk.auth.http.post("/api/v1/users/contacts", json=new, headers=desk.agent.headers)
    contact = ok(created, 201)

    async def open_ticket() -> None:
        ok(await desk.create(desk.agent, requester_id=contact["id"]), 201)

    await eventually(open_ticket)

    await inboxes.settle()
    wanted = EventSelection(type=EmailRequested.type, organisation_id=desk.customer.organisation_id)
    asked = [EmailRequested.model_validate(e.data) async for e in EventLog(inboxes.notifications.db).read(wanted)]
    [mail] = [each for each in asked if str(each.recipient.id) == contact["id"]]
    assert (mail.kind, mail.recipient.email, mail.recipient.name) == ("ticket_created", new["email"], "")
    in_app = {"recipient_id": mail.recipient.id, "in_app": True, "ticket_id": {"$ne": None}}
    assert await inboxes.notifications.db["notifications"].count_documents(in_app) == 0


async def test_whoever_opens_a_ticket_receives_a_receipt_by_email_alone(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    ticket = await desk.ticket(desk.customer, title="Printer")

    [receipt] = await mails(inboxes, desk.customer)
    assert (receipt.kind, receipt.audience) == ("ticket_received", "requester")
    assert (str(receipt.ticket_id), receipt.ticket_number, receipt.ticket_title) == (ticket["id"], 1, "Printer")
    assert receipt.unsubscribe_token is not None
    assert await inboxes.kinds(desk.customer) == []


async def test_a_reply_that_opens_a_follow_up_is_receipted(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    closed = await desk.change_status(desk.customer, await desk.ticket(), "closed")
    await desk.let_time_pass(closed, days=20)

    message = await desk.wrote(desk.customer, closed)

    receipts = [mail for mail in await mails(inboxes, desk.customer) if mail.kind == "ticket_received"]
    assert {str(mail.ticket_id) for mail in receipts} == {closed["id"], message["ticket_id"]}


async def test_nothing_typed_by_a_stranger_goes_to_an_address_that_is_not_proved(desk: Desk, inboxes: Inboxes) -> None:
    stranger = await sign_up(desk.auth, "Vera Stranger", desk.organisation)
    await inboxes.settle()

    await desk.ticket(stranger)

    assert await mails(inboxes, stranger) == []


async def test_an_admin_switches_off_receipts_for_all_customers(desk: Desk, inboxes: Inboxes) -> None:
    admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
    await inboxes.settle()
    off = {"kind": "ticket_received", "scope": "mine", "channel": "email", "when": "never"}
    path = "/api/v1/notifications/preferences/defaults/customers"
    ok(await inboxes.notifications.http.put(path, json={"choices": [off]}, headers=admin.headers))

    await desk.ticket(desk.customer)

    assert await mails(inboxes, desk.customer) == []
