"""Who is told of the tickets of people who can no longer answer them."""

import pytest

from common.events import FieldChange
from common.events.auth import Person as KnownPerson
from common.events.auth import UserDeactivated, UserUpdated
from common.events.tickets import OffboardingCompleted, TicketUnassigned
from tests.support.desk import Desk
from tests.support.inboxes import Inboxes, message_posted, ref, ticket_of
from tests.support.people import Person, make_agent

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING: tuple[list[str], list[str]] = ([], [])


async def somebody_who_left(desk: Desk, inboxes: Inboxes, how: str = "deactivated") -> Person:
    """Of whom only notifications knows that they left."""
    robin = await make_agent(desk.auth, "Robin Weiss", desk.organisation)
    await inboxes.settle()
    known = KnownPerson(id=robin.id, email=robin.email, name=robin.name, role="agent")
    left = (
        UserDeactivated(person=known.model_copy(update={"active": False}))
        if how == "deactivated"
        else UserUpdated(
            person=known.model_copy(update={"role": "customer"}),
            changes={"role": FieldChange(before="agent", after="customer")},
        )
    )
    await inboxes.said(left, desk.agent, robin.id)
    await inboxes.settle()
    return robin


@pytest.mark.parametrize("how", ["deactivated", "no longer staff"])
async def test_a_reply_to_a_ticket_whose_assignee_left_reaches_those_who_watch_the_unassigned_queue(
    desk: Desk, inboxes: Inboxes, how: str
) -> None:
    robin = await somebody_who_left(desk, inboxes, how)

    await inboxes.said(message_posted(ticket_of(desk, robin), desk.customer), desk.customer)

    assert await inboxes.notifications_of(desk.agent) == (["replied"], [])
    to_robin = {"recipient_id": robin.id, "kind": "replied"}
    assert await inboxes.notifications.db["notifications"].find_one(to_robin) is None
    assert await inboxes.notifications_of(desk.customer) == NOTHING


async def test_the_tickets_of_somebody_who_left_are_one_notification_and_not_one_each(
    desk: Desk, inboxes: Inboxes
) -> None:
    robin = await make_agent(desk.auth, "Robin Weiss", desk.organisation)
    second = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    await inboxes.settle()
    organisation_id = desk.agent.organisation_id

    for _ in range(3):
        taken = TicketUnassigned(ticket=ticket_of(desk), before=ref(robin), reason="assignee_left")
        await inboxes.said(taken, None, organisation_id=organisation_id)
    completed = OffboardingCompleted(person=ref(robin), ticket_count=3)
    await inboxes.said(completed, None, robin.id, organisation_id=organisation_id)

    for person in (desk.agent, second):
        assert await inboxes.notifications_of(person) == (["tickets_unassigned"], [])
        [shown] = [each for each in (await inboxes.page(person))["items"] if each["kind"] == "tickets_unassigned"]
        assert (shown["title"], shown["ticket_count"]) == ("Robin Weiss", 3)
        assert (shown["ticket_id"], shown["audience"]) == (None, "unassigned_queue")
    assert await inboxes.notifications_of(desk.customer) == NOTHING


async def test_whoever_chose_it_is_mailed_of_the_tickets_of_somebody_who_left(desk: Desk, inboxes: Inboxes) -> None:
    robin = await make_agent(desk.auth, "Robin Weiss", desk.organisation)
    await inboxes.settle()
    chosen = {
        "choices": [{"kind": "tickets_unassigned", "scope": "unassigned", "channel": "email", "when": "immediately"}]
    }
    answer = await inboxes.notifications.http.put(
        "/api/v1/notifications/preferences", json=chosen, headers=desk.agent.headers
    )
    assert answer.status_code == 200, answer.text

    completed = OffboardingCompleted(person=ref(robin), ticket_count=3)
    await inboxes.said(completed, None, robin.id, organisation_id=desk.agent.organisation_id)
    await inboxes.settle()

    requested = await inboxes.notifications.db["events"].find({"data.kind": "tickets_unassigned"}).to_list()
    [mail] = [each["data"] for each in requested if each["data"]["recipient"]["id"] == str(desk.agent.id)]
    assert mail["context"] == {"former_assignee": "Robin Weiss", "ticket_count": 3}
    assert (mail["ticket_id"], mail["audience"]) == (None, "unassigned_queue")
