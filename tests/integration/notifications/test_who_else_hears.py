"""Who is told of assignments, mentions and escalations, and of what auth says about people."""

from datetime import timedelta

import pytest

from common import clock
from common.events.auth import (
    PasswordChanged,
    SessionStarted,
    UserDeactivated,
    UserReactivated,
    UserUpdated,
)
from common.events.auth import Person as KnownPerson
from common.events.notifications import EmailRequested
from common.events.tickets import (
    TicketAssigned,
    TicketEscalated,
    TicketStatusChanged,
    TicketUnassigned,
)
from common.ids import new_id
from common.outbox import EventLog, EventSelection
from tests.support.desk import Desk
from tests.support.inboxes import Inboxes, message_posted, ref, ticket_of
from tests.support.people import Person, make_agent, make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")

NOTHING: tuple[list[str], list[str]] = ([], [])
LATER = clock.now() + timedelta(hours=1)


async def colleagues(desk: Desk, inboxes: Inboxes) -> tuple[Person, Person]:
    """Another agent and an admin, whom everybody knows."""
    second = await make_agent(desk.auth, "Bea Agent", desk.organisation)
    admin = await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)
    await inboxes.settle()
    return second, admin


async def test_whom_a_ticket_is_given_to_is_told_and_mailed_and_whom_it_is_taken_from_is_told(
    desk: Desk, inboxes: Inboxes
) -> None:
    second, admin = await colleagues(desk, inboxes)

    given = TicketAssigned(ticket=ticket_of(desk, second), before=ref(desk.agent), after=ref(second))
    await inboxes.said(given, admin)

    assert await inboxes.notifications_of(second) == (["assigned"], ["assigned"])
    assert await inboxes.notifications_of(desk.agent) == (["unassigned"], [])
    assert await inboxes.notifications_of(admin) == NOTHING
    assert await inboxes.notifications_of(desk.customer) == NOTHING


async def test_who_takes_a_ticket_or_gives_it_up_hears_nothing_of_it(desk: Desk, inboxes: Inboxes) -> None:
    await colleagues(desk, inboxes)

    await inboxes.said(TicketAssigned(ticket=ticket_of(desk, desk.agent), after=ref(desk.agent)), desk.agent)
    await inboxes.said(TicketUnassigned(ticket=ticket_of(desk), before=ref(desk.agent)), desk.agent)

    assert await inboxes.notifications_of(desk.agent) == NOTHING


async def test_who_is_relieved_by_somebody_else_is_told(desk: Desk, inboxes: Inboxes) -> None:
    second, admin = await colleagues(desk, inboxes)

    await inboxes.said(TicketUnassigned(ticket=ticket_of(desk), before=ref(second)), admin)

    assert await inboxes.notifications_of(second) == (["unassigned"], [])
    assert await inboxes.notifications_of(desk.agent) == NOTHING


@pytest.mark.parametrize("reason", ["reply", "assignment"])
async def test_a_status_that_moved_with_something_else_is_not_told_a_second_time(
    desk: Desk, inboxes: Inboxes, reason: str
) -> None:
    await inboxes.settle()
    moved = TicketStatusChanged.model_validate(
        {"ticket": ticket_of(desk, desk.agent), "before": "new", "after": "open", "reason": reason}
    )

    await inboxes.said(moved, desk.agent)

    assert await inboxes.notifications_of(desk.customer) == NOTHING


async def test_a_ticket_that_closed_by_itself_is_told_to_both(desk: Desk, inboxes: Inboxes) -> None:
    await inboxes.settle()
    ticket = ticket_of(desk, desk.agent)

    await inboxes.said(
        TicketStatusChanged(ticket=ticket, before="resolved", after="closed", reason="inactivity"),
        None,
        organisation_id=desk.customer.organisation_id,
    )

    assert await inboxes.notifications_of(desk.customer) == (["status_changed"], ["status_changed"])
    assert await inboxes.notifications_of(desk.agent) == (["status_changed"], [])
    assert (await inboxes.page(desk.agent))["items"][0]["actor"] is None


async def test_who_is_mentioned_is_told_of_that_and_of_nothing_else(desk: Desk, inboxes: Inboxes) -> None:
    second, admin = await colleagues(desk, inboxes)
    ticket = ticket_of(desk, desk.agent)

    await inboxes.said(message_posted(ticket, second, desk.agent, admin, body="psst", visibility="internal"), second)

    assert await inboxes.notifications_of(desk.agent) == (["mentioned"], ["mentioned"])
    assert await inboxes.notifications_of(admin) == (["mentioned"], ["mentioned"])
    assert await inboxes.notifications_of(second) == NOTHING
    assert await inboxes.notifications_of(desk.customer) == NOTHING


async def test_a_customer_who_is_mentioned_in_a_note_by_mistake_never_learns_of_it(
    desk: Desk, inboxes: Inboxes
) -> None:
    await inboxes.settle()

    note = message_posted(ticket_of(desk, desk.agent), desk.agent, desk.customer, body="psst", visibility="internal")
    await inboxes.said(note, desk.agent)

    assert await inboxes.notifications_of(desk.customer) == NOTHING


async def test_who_was_an_agent_and_is_none_any_more_reads_no_notes(desk: Desk, inboxes: Inboxes) -> None:
    second, admin = await colleagues(desk, inboxes)
    demoted = KnownPerson(id=second.id, email=second.email, name=second.name, role="customer")
    await inboxes.said(UserUpdated(person=demoted), admin, second.id)
    await inboxes.settle()

    await inboxes.said(message_posted(ticket_of(desk, second), admin, second, visibility="internal"), admin)

    assert await inboxes.notifications_of(second) == NOTHING


async def test_an_escalated_ticket_is_told_to_all_who_could_answer_once(desk: Desk, inboxes: Inboxes) -> None:
    second, admin = await colleagues(desk, inboxes)
    since = clock.now()

    await inboxes.said(
        TicketEscalated(ticket=ticket_of(desk, desk.agent), waiting_since=since),
        None,
        organisation_id=desk.customer.organisation_id,
    )
    assert await inboxes.notifications_of(desk.agent) == (["escalated"], ["escalated"])
    for person in (second, admin):
        assert await inboxes.notifications_of(person) == (["escalated"], [])
    assert await inboxes.notifications_of(desk.customer) == NOTHING

    await inboxes.said(
        TicketEscalated(ticket=ticket_of(desk), waiting_since=since),
        None,
        organisation_id=desk.customer.organisation_id,
    )
    assert await inboxes.notifications_of(second) == (["escalated", "escalated"], [])


async def test_who_is_deactivated_hears_nothing_until_they_are_back(desk: Desk, inboxes: Inboxes) -> None:
    second, admin = await colleagues(desk, inboxes)
    gone = KnownPerson(id=second.id, email=second.email, name=second.name, role="agent", active=False)

    await inboxes.said(UserDeactivated(person=gone), admin, second.id)
    await inboxes.settle()
    await desk.ticket(desk.customer)
    await inboxes.settle()
    mine = {"recipient_id": second.id, "kind": "ticket_created"}
    assert await inboxes.notifications.db["notifications"].count_documents(mine) == 0

    back = gone.model_copy(update={"active": True})
    await inboxes.said(UserReactivated(person=back), admin, second.id)
    await inboxes.settle()
    await desk.ticket(desk.customer)
    await inboxes.settle()
    assert await inboxes.notifications.db["notifications"].count_documents(mine) == 1


async def test_an_older_word_about_a_person_does_not_undo_a_newer_one_and_nothing_undoes_their_choices(
    desk: Desk, inboxes: Inboxes
) -> None:
    await inboxes.settle()
    chosen = {"choices": [{"kind": "replied", "scope": "mine", "channel": "email", "when": "never"}]}
    answer = await inboxes.notifications.http.put(
        "/api/v1/notifications/preferences", json=chosen, headers=desk.customer.headers
    )
    assert answer.status_code == 200
    renamed = KnownPerson(id=desk.customer.id, email="new@example.org", name="Casey New", role="customer", locale="de")
    newer = await inboxes.said(UserUpdated(person=renamed), desk.customer, desk.customer.id)
    await inboxes.settle()
    [handler] = inboxes.notifications.service.subscriptions[UserReactivated]
    old = renamed.model_copy(update={"email": "old@example.org"})
    older = newer.model_copy(update={"sequence": newer.sequence - 1})

    await handler(UserReactivated(person=old), older)

    found = await inboxes.notifications.db["people"].find_one({"_id": desk.customer.id})
    assert found is not None
    assert (found["email"], found["name"], found["locale"]) == ("new@example.org", "Casey New", "de")
    assert [each["when"] for each in found["choices"]] == ["never"]


async def mails_to(inboxes: Inboxes, desk: Desk, email: str) -> list[EmailRequested]:
    """All mails about accounts that were asked for to an address."""
    await inboxes.settle()
    wanted = EventSelection(type=EmailRequested.type, organisation_id=desk.customer.organisation_id)
    asked = [EmailRequested.model_validate(e.data) async for e in EventLog(inboxes.notifications.db).read(wanted)]
    return [mail for mail in asked if mail.recipient.email == email and mail.kind != "welcome"]


async def test_what_happens_to_an_account_is_told_to_whose_it_is_even_if_they_did_it(
    desk: Desk, inboxes: Inboxes
) -> None:
    await inboxes.settle()
    person = desk.customer
    await inboxes.said(PasswordChanged(user_id=person.id, method="change"), person, person.id)
    await inboxes.said(SessionStarted(user_id=person.id, expires_at=LATER, new_device=True), person, new_id())
    await inboxes.said(SessionStarted(user_id=person.id, expires_at=LATER), person, new_id())

    kinds, _ = await inboxes.notifications_of(person)
    asked = {mail.kind: mail for mail in await mails_to(inboxes, desk, person.email)}

    assert sorted(kinds) == ["new_sign_in", "password_changed"]
    assert sorted(asked) == ["new_sign_in", "password_changed"]
    assert asked["new_sign_in"].context["ip"] == "192.0.2.7"
    assert asked["new_sign_in"].context["user_agent"] == "Firefox"
    assert asked["new_sign_in"].unsubscribe_token is not None
    assert asked["password_changed"].unsubscribe_token is None
