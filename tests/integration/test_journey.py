"""Facts from click to mailbox, through all four services."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest

from tests.support.desk import Desk
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes
from tests.support.mailer_fixture import part
from tests.support.people import make_agent, sign_up
from tests.support.services import Installation
from tests.support.settled import wait_until_settled
from tests.support.smtp import RecordingSmtp


@dataclass(frozen=True)
class House:
    """All four services, a mail server, and two people."""

    desk: Desk
    inboxes: Inboxes
    smtp: RecordingSmtp


@pytest.fixture
async def house(installation: Installation, smtp: RecordingSmtp) -> AsyncIterator[House]:
    """As a new installation is: one organisation, the default one."""
    async with AsyncExitStack() as stack:
        auth, tickets, notifications = [
            await stack.enter_async_context(installation.run(name)) for name in ("auth", "tickets", "notifications")
        ]
        await stack.enter_async_context(installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port))
        customer = await sign_up(auth, "Casey Customer")
        desk = Desk(auth, tickets, customer, await make_agent(auth, "Alex Agent"), "default")
        await eventually(tickets.is_ready)
        await eventually(notifications.is_ready)
        await desk.knows(desk.customer, desk.agent)
        await wait_until_settled(installation, auth, tickets, notifications)
        yield House(desk, Inboxes(installation, auth, tickets, notifications), smtp)


async def test_a_question_and_its_answer_reach_the_right_inboxes_and_mailboxes(house: House) -> None:
    desk, inboxes, smtp = house.desk, house.inboxes, house.smtp

    ticket = await desk.ticket(desk.customer, title="Printer", description="It burns.")
    assert await inboxes.notifications_of(desk.agent) == (["ticket_created"], [])

    await desk.wrote(desk.agent, ticket, "Use *water*.")
    assert await inboxes.notifications_of(desk.customer) == (["replied"], ["replied"])
    await desk.wrote(desk.agent, ticket, "They never read manuals.", visibility="internal")
    await desk.wrote(desk.customer, ticket, "It is out.")
    await desk.change_status(desk.agent, ticket, "resolved")

    async def mailed() -> None:
        assert len(smtp.messages) == 4, "a welcome to the agent, a link to who signed up, a reply, a change"

    await eventually(mailed)
    by_subject = {str(mail["Subject"]): mail for mail in smtp.to(desk.customer.email)}
    assert set(by_subject) == {
        "Verify your email address",
        "[#1] Printer",
    }
    about = [mail for mail in smtp.to(desk.customer.email) if mail["Subject"] == "[#1] Printer"]
    assert {mail["References"] for mail in about} == {f"<ticket-{ticket['id']}@helpdesk.example>"}
    assert any("Use <em>water</em>." in part(mail, "html") for mail in about)
    assert any(
        'Alex Agent changed the status of your ticket #1 "Printer" to “resolved”' in part(mail, "plain")
        for mail in about
    )
    assert not any("manuals" in mail.as_string() for mail in smtp.messages)
    assert await inboxes.notifications_of(desk.customer) == (
        ["replied", "status_changed"],
        ["replied", "status_changed"],
    )
    assert [mail["Subject"] for mail in smtp.to(desk.agent.email)] == ["Welcome to Helpdesk, Alex Agent"]
    assert set(smtp.times_seen().values()) == {1}
