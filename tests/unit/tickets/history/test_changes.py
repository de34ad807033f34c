"""What history tells of each event, and to whom."""

import json
from uuid import UUID

import pytest

from common.events import Event, PersonRef, registry
from common.events import tickets as said
from tickets.history.changes import CHANGES, SHOWN_TO_CUSTOMERS

ADA = PersonRef(id=UUID(int=1), name="Ada")
TICKET = said.TicketRef(id=UUID(int=2), number=7, title="Printer", requester=ADA, status="open", priority="high")
FILE = said.AttachmentRef(id=UUID(int=3), name="secret plans.txt", media_type="text/plain", size=5)
POSTED = said.MessagePosted(
    ticket=TICKET,
    message_id=UUID(int=4),
    author=ADA,
    visibility="internal",
    channel="api",
    body="secret plans",
    attachments=(FILE,),
)
ATTACHED = said.AttachmentAdded(ticket=TICKET, attachment=FILE, visibility="internal", message_id=UUID(int=4))


def told(event: Event) -> tuple[object, object]:
    before, after = CHANGES[event.type](event.model_dump(mode="json"))
    return before, after


def test_every_event_of_a_ticket_has_its_place_in_history() -> None:
    of_tickets = {
        event.type
        for event in registry.EVENTS.values()
        if "ticket" in event.model_fields and event.service() == "tickets"
    }
    assert set(CHANGES) == of_tickets


def test_a_change_says_what_was_and_what_is() -> None:
    ada = ADA.model_dump(mode="json")
    moved = said.TicketStatusChanged(ticket=TICKET, before="new", after="open", reason="reply", message_id=UUID(int=4))
    edited = said.TicketEdited(ticket=TICKET, changes={"tags": {"before": [], "after": ["a"]}})

    assert told(moved) == ({"status": "new"}, {"status": "open", "reason": "reply", "message_id": str(UUID(int=4))})
    assert told(edited) == ({"tags": []}, {"tags": ["a"]})
    assert told(said.TicketAssigned(ticket=TICKET, after=ADA)) == ({"assignee": None}, {"assignee": ada})
    assert told(said.TicketUnassigned(ticket=TICKET, before=ADA)) == ({"assignee": ada}, {"assignee": None})


@pytest.mark.parametrize("event", [POSTED, ATTACHED])
def test_what_can_be_blotted_out_is_not_in_history(event: Event) -> None:
    assert "secret" not in json.dumps(told(event))


def test_customers_are_not_told_of_what_only_admins_do() -> None:
    assert {"tickets.ticket.deleted", "tickets.ticket.restored"}.isdisjoint(SHOWN_TO_CUSTOMERS)
