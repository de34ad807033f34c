"""What history tells of each event, and whom."""

import json
from uuid import UUID

import pytest

from common.events import EVENTS, Event, PersonRef
from common.events import tickets as said
from tickets.history.told import SHOWN_TO_CUSTOMERS, TOLD, TYPES

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
    mentions=(PersonRef(id=UUID(int=5), name="secret agent"),),
)
ATTACHED = said.AttachmentAdded(ticket=TICKET, attachment=FILE, visibility="internal", message_id=UUID(int=4))


def test_every_event_of_a_ticket_has_its_place_in_history() -> None:
    of_tickets = {event for event in EVENTS.values() if event.service() == "tickets" and "ticket" in event.model_fields}

    assert set(TOLD) == {event.versioned_type() for event in of_tickets}
    assert {event.type for event in of_tickets} == TYPES


@pytest.mark.parametrize("event", [POSTED, ATTACHED])
def test_what_can_be_blotted_out_is_not_in_history(event: Event) -> None:
    change = TOLD[event.versioned_type()](event.model_dump(mode="json"))

    assert str(UUID(int=4)) in json.dumps(change)
    assert "secret" not in json.dumps(change)


def test_customers_are_not_told_of_what_only_admins_do() -> None:
    assert {"tickets.ticket.deleted", "tickets.ticket.restored"} == TYPES - SHOWN_TO_CUSTOMERS


def test_what_is_internal_says_so_in_the_event_or_customers_would_be_told() -> None:
    may_be_internal = {event.type for event in (POSTED, ATTACHED)} | {said.MessageRedacted.type}

    for type_ in may_be_internal:
        [event] = [event for event in EVENTS.values() if event.type == type_]
        assert "visibility" in event.model_fields
