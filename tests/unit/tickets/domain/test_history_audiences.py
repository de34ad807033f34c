"""Who sees which event in the history of a ticket."""

import json
from uuid import UUID

import pytest

from common.events import EVENTS, Event, PersonRef
from common.events import tickets as events
from tickets.domain.audit_actions import AUDITED, visible_types

ADA = PersonRef(id=UUID(int=1), name="Ada")
TICKET = events.TicketRef(id=UUID(int=2), number=7, title="Printer", requester=ADA, status="open", priority="high")
FILE = events.AttachmentRef(id=UUID(int=3), name="secret plans.txt", media_type="text/plain", size=5)
POSTED = events.MessagePosted(
    ticket=TICKET,
    message_id=UUID(int=4),
    author=ADA,
    visibility="internal",
    channel="api",
    body="secret plans",
    attachments=(FILE,),
    mentions=(PersonRef(id=UUID(int=5), name="secret agent"),),
)
ATTACHED = events.AttachmentAdded(ticket=TICKET, attachment=FILE, visibility="internal", message_id=UUID(int=4))
OF_TICKETS = [event for event in EVENTS.values() if event.service() == "tickets" and "ticket" in event.model_fields]


@pytest.mark.parametrize("event", OF_TICKETS, ids=lambda event: event.versioned_type())
def test_somebody_decided_who_sees_each_event_of_a_ticket(event: type[Event]) -> None:
    action = AUDITED.get(event)
    assert action is not None, f"Decide what the audit trail stores of {event.__name__}: add it to AUDITED."
    assert action.history is not None, (
        f"Decide who sees {event.__name__} in the history of a ticket: `customer`, `staff` or `admin` in its row of"
        " AUDITED (domain/audit_actions.py). Until then nobody sees it."
    )


def test_customers_see_exactly_these_events() -> None:
    decide = "Decide: may every customer know that this happened to their ticket, by whom and when?"
    assert visible_types("customer") == [
        "tickets.attachment.added",
        "tickets.message.posted",
        "tickets.message.redacted",
        "tickets.ticket.assigned",
        "tickets.ticket.created",
        "tickets.ticket.edited",
        "tickets.ticket.escalated",
        "tickets.ticket.status_changed",
        "tickets.ticket.unassigned",
    ], decide


def test_staff_see_deletions_too_and_admins_see_everything() -> None:
    staff = {"tickets.ticket.deleted", "tickets.ticket.restored"}
    assert set(visible_types("agent")) - set(visible_types("customer")) == staff
    assert set(visible_types("admin")) == {event.type for event, action in AUDITED.items() if action.history}


@pytest.mark.parametrize("event", [POSTED, ATTACHED])
def test_what_a_redaction_removes_is_not_in_history(event: Event) -> None:
    change = AUDITED[type(event)].change(event.model_dump(mode="json"))

    assert str(UUID(int=4)) in json.dumps(change)
    assert "secret" not in json.dumps(change)


@pytest.mark.parametrize("event", [events.MessagePosted, events.AttachmentAdded, events.MessageRedacted])
def test_an_event_of_a_note_names_its_visibility_so_that_it_can_be_hidden(event: type[Event]) -> None:
    assert "visibility" in event.model_fields
