"""Each person is told of each event once, however often it comes and whenever."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from common.events import PersonRef
from common.events.auth import PasswordChanged
from common.events.tickets import TicketRef, TicketStatusChanged
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from common.outbox import EventLog, EventSelection
from common.outbox.replay import replay
from tests.support.desk import Desk
from tests.support.inboxes import Inboxes
from tests.support.messaging import envelope_of
from tests.support.people import make_agent
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def everything(notifications: RunningService, organisation_id: UUID) -> tuple[list[Any], list[Any]]:
    """All that was ever told in an organisation, and all that was said of it."""
    mine = {"organisation_id": organisation_id}
    told = await notifications.db["notifications"].find(mine).sort("_id").to_list()
    said = [
        event.id async for event in EventLog(notifications.db).read(EventSelection(organisation_id=organisation_id))
    ]
    return told, said


async def heard_again(inboxes: Inboxes, source: RunningService, organisation_id: UUID) -> int:
    """Says all events of an organisation to notifications once more."""
    async with inboxes.installation.connected(source.service.name) as broker:
        wanted = EventSelection(organisation_id=organisation_id)
        return await replay(EventLog(source.db), JetStreamPublisher(broker), wanted, to="notifications")


async def test_what_is_said_three_times_more_is_told_no_second_time(desk: Desk, inboxes: Inboxes) -> None:
    ticket = await desk.ticket(desk.customer)
    await desk.wrote(desk.agent, ticket)
    await desk.wrote(desk.agent, ticket, "psst", visibility="internal")
    await desk.wrote(desk.customer, ticket)
    await desk.change_status(desk.agent, ticket, "resolved")
    organisation = desk.customer.organisation_id
    assert await inboxes.notifications_of(desk.customer) == (
        ["replied", "status_changed"],
        ["replied", "status_changed"],
    )
    told, said = await everything(inboxes.notifications, organisation)

    for _ in range(3):
        # Two people joined and logged in; created, three messages, and two moves: one by the reply, one by hand.
        assert await heard_again(inboxes, inboxes.auth, organisation) == 4
        assert await heard_again(inboxes, inboxes.tickets, organisation) == 6
    await inboxes.settle()

    assert await everything(inboxes.notifications, organisation) == (told, said)
    assert len(told) == 7  # with the receipt, which is only mailed


async def test_an_event_that_has_the_id_of_another_services_event_takes_nobodys_notification(
    desk: Desk, inboxes: Inboxes
) -> None:
    await inboxes.settle()
    person, organisation = desk.customer, desk.customer.organisation_id
    moved = TicketStatusChanged(ticket=_ticket(person.id, person.name), before="new", after="open")
    changed = PasswordChanged(user_id=person.id, method="change")
    real = envelope_of(changed, organisation_id=organisation)
    forged = envelope_of(moved, organisation_id=organisation).model_copy(update={"id": real.id})

    for event, envelope in ((moved, forged), (changed, real)):
        [handler] = inboxes.notifications.service.subscriptions[type(event)]
        await handler(event, envelope)

    told, _ = await everything(inboxes.notifications, organisation)
    assert sorted(each["kind"] for each in told if each["event_id"] == real.id) == [
        "password_changed",
        "status_changed",
    ]


async def test_it_stays_at_once_when_the_inbox_has_long_forgotten_the_event(desk: Desk, inboxes: Inboxes) -> None:
    await desk.change_status(desk.agent, await desk.ticket(desk.customer), "pending")
    await inboxes.settle()
    before = await everything(inboxes.notifications, desk.customer.organisation_id)
    await inboxes.notifications.db["inbox"].delete_many({})

    await heard_again(inboxes, inboxes.tickets, desk.customer.organisation_id)
    await inboxes.settle()

    assert await everything(inboxes.notifications, desk.customer.organisation_id) == before


async def test_the_same_event_delivered_many_times_at_once_is_told_once(desk: Desk, inboxes: Inboxes) -> None:
    organisation = desk.customer.organisation_id
    await inboxes.settle()
    await inboxes.notifications.db["inbox"].delete_many({})
    moved = TicketStatusChanged(ticket=_ticket(desk.customer.id, desk.customer.name), before="new", after="open")
    envelope = envelope_of(moved, organisation_id=organisation)
    [handler] = inboxes.notifications.service.subscriptions[TicketStatusChanged]

    await asyncio.gather(*(handler(moved, envelope) for _ in range(8)))

    told, _ = await everything(inboxes.notifications, organisation)
    assert len([each for each in told if each["event_id"] == envelope.id]) == 1


def _ticket(requester_id: UUID, name: str) -> TicketRef:
    return TicketRef(
        id=new_id(),
        number=1,
        title="Printer",
        requester=PersonRef(id=requester_id, name=name),
        status="open",
        priority="normal",
    )


async def test_who_joins_or_chooses_later_is_told_nothing_of_before_by_a_redelivery(
    desk: Desk, inboxes: Inboxes
) -> None:
    await inboxes.settle()
    ticket = await desk.ticket(desk.customer)
    await desk.change_status(desk.agent, ticket, "pending")
    await inboxes.settle()
    new_user = await make_agent(desk.auth, "Nina Newcomer", desk.organisation)
    await inboxes.settle()
    chosen = {"choices": [{"kind": "status_changed", "scope": "all", "channel": "email", "when": "immediately"}]}
    answer = await inboxes.notifications.http.put(
        "/api/v1/notifications/preferences", json=chosen, headers=new_user.headers
    )
    assert answer.status_code == 200
    await inboxes.settle()
    before = await everything(inboxes.notifications, desk.customer.organisation_id)

    for _ in range(3):
        await heard_again(inboxes, inboxes.tickets, desk.customer.organisation_id)
        await inboxes.settle()

    assert await everything(inboxes.notifications, desk.customer.organisation_id) == before
    assert await inboxes.notifications_of(new_user) == ([], [])
