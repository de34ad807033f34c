"""What the audit trail stores of an event, and what it never does."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.events import EVENTS, Actor, Envelope, Event, FieldChange, PersonRef, auth, mailer, tickets
from common.messaging.topology import SUBSCRIPTIONS
from tests.support.messaging import envelope_of
from tickets.domain.audit_actions import AUDITED, audit_entry

SECRET = "gAAAAAB-not-to-be-kept"
SAID = "What the customer said about their neighbour."
CASEY, ALEX = PersonRef(id=UUID(int=1), name="Casey"), PersonRef(id=UUID(int=2), name="Alex")
SOON = datetime.fromisoformat("2026-05-14T09:30:00.125Z")
TICKET = tickets.TicketRef(
    id=UUID(int=3), number=7, title="Printer", requester=CASEY, assignee=ALEX, status="open", priority="high"
)


def entry(event: Event) -> dict[str, Any]:
    """What the trail keeps of it."""
    return audit_entry(event, envelope_of(event, UUID(int=9)))


def change(event: Event) -> tuple[Any, Any]:
    """Before and after."""
    kept = entry(event)
    return kept["before"], kept["after"]


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.versioned_type())
def test_each_event_is_audited_or_left_out_on_purpose(event: type[Event]) -> None:
    assert (event in AUDITED) == event.audited, (
        f"Decide whether admins need {event.__name__} in the audit trail: give it a row in AUDITED"
        " (domain/audit_actions.py) with the fields to store, or declare its class with `audited=False`."
    )


@pytest.mark.parametrize("event", AUDITED, ids=lambda event: event.versioned_type())
def test_every_audited_event_is_subscribed_to(event: type[Event]) -> None:
    assert event in SUBSCRIPTIONS["tickets"], (
        f"{event.__name__} has a row in AUDITED and never arrives: add it to the subscriptions of tickets"
        " (common/services.py)."
    )


@pytest.mark.parametrize("event", AUDITED, ids=lambda event: event.type)
@given(data=st.data())
def test_nothing_that_a_message_says_is_kept(event: type[Event], data: st.DataObject) -> None:
    given_fields: dict[str, st.SearchStrategy[Any]] = {"body": st.just(SAID), "criteria": st.just({"q": "printer"})}
    here = {name: value for name, value in given_fields.items() if name in event.model_fields}
    if "changes" in event.model_fields:
        here["changes"] = st.just({"title": FieldChange(before="a", after="b")})

    kept = json.dumps(entry(data.draw(st.builds(event, **here))), default=str)

    assert SAID not in kept


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            tickets.TicketStatusChanged(ticket=TICKET, before="new", after="open"),
            ({"status": "new"}, {"status": "open"}),
        ),
        (
            tickets.TicketAssigned(ticket=TICKET, after=ALEX),
            ({"assignee": None}, {"assignee": ALEX.model_dump(mode="json")}),
        ),
        (
            tickets.TicketUnassigned(ticket=TICKET, before=ALEX),
            ({"assignee": ALEX.model_dump(mode="json")}, {"assignee": None, "reason": "manual"}),
        ),
        (
            tickets.TicketEdited(
                ticket=TICKET,
                changes={"title": FieldChange(before="a", after="b"), "tags": FieldChange(before=[], after=["x"])},
            ),
            ({"title": "a", "tags": []}, {"title": "b", "tags": ["x"]}),
        ),
        (
            tickets.TicketCreated(ticket=TICKET, description="It burns.", tags=("x",)),
            (
                None,
                {
                    "title": "Printer",
                    "requester": CASEY.model_dump(mode="json"),
                    "priority": "high",
                    "category": None,
                    "tags": ["x"],
                    "follow_up_of": None,
                },
            ),
        ),
        (tickets.TicketDeleted(ticket=TICKET), ({"deleted": False}, {"deleted": True})),
        (tickets.TicketRestored(ticket=TICKET), ({"deleted": True}, {"deleted": False})),
        (auth.LoginFailed(user_id=CASEY.id, reason="wrong_password"), (None, {"reason": "wrong_password"})),
        (auth.MfaDisabled(user_id=CASEY.id), ({"mfa": True}, {"mfa": False})),
    ],
    ids=lambda value: getattr(value, "type", ""),
)
def test_before_and_after_are_of_what_changed(event: Event, expected: tuple[Any, Any]) -> None:
    assert change(event) == expected


def test_a_redaction_says_which_message_and_by_whom_and_not_what_it_said() -> None:
    redacted = tickets.MessageRedacted(ticket=TICKET, message_id=UUID(int=5), visibility="public")

    assert change(redacted) == (None, {"message_id": str(UUID(int=5)), "visibility": "public"})


def test_an_entry_says_who_when_from_where_and_because_of_which_request() -> None:
    event = tickets.TicketDeleted(ticket=TICKET)
    actor = Actor(id=ALEX.id, name="Alex", role="admin")
    envelope: Envelope = envelope_of(event, TICKET.id).model_copy(
        update={"actor": actor, "causation_id": "request-7", "ip": "203.0.113.7", "user_agent": "curl/8"}
    )

    kept = audit_entry(event, envelope)

    assert (kept["_id"], kept["organisation_id"]) == (envelope.deduplication_id, envelope.organisation_id)
    assert (kept["occurred_at"], kept["action"]) == (envelope.time, "ticket.deleted")
    assert kept["actor"] == {"id": ALEX.id, "name": "Alex", "role": "admin"}
    assert kept["entity"] == {"type": "ticket", "id": TICKET.id}
    assert (kept["ip"], kept["user_agent"], kept["request_id"]) == ("203.0.113.7", "curl/8", "request-7")


@pytest.mark.parametrize(
    ("event", "entity"),
    [
        (tickets.MessagePosted, "ticket"),
        (tickets.AttachmentAdded, "ticket"),
        (tickets.SettingsUpdated, "settings"),
        (auth.SessionStarted, "session"),
        (auth.InvitationCreated, "invitation"),
        (mailer.EmailRetried, "email"),
    ],
)
@given(data=st.data())
def test_it_was_done_to_the_aggregate(event: type[Event], entity: str, data: st.DataObject) -> None:
    here: dict[str, st.SearchStrategy[Any]] = {"changes": st.just({})} if "changes" in event.model_fields else {}

    assert entry(data.draw(st.builds(event, **here)))["entity"] == {"type": entity, "id": UUID(int=9)}


def test_what_happens_to_an_account_is_done_to_the_person() -> None:
    events: list[Event] = [
        auth.LoginFailed(user_id=CASEY.id, reason="wrong_code"),
        auth.PasswordChanged(user_id=CASEY.id, method="reset"),
        auth.PasswordResetRequested(user_id=CASEY.id, expires_at=SOON),
        auth.MfaEnabled(user_id=CASEY.id),
    ]

    assert [entry(event)["entity"] for event in events] == [{"type": "user", "id": CASEY.id}] * 4


def test_a_log_in_to_no_account_is_done_to_nobody() -> None:
    failed = auth.LoginFailed(reason="unknown_account")

    assert entry(failed)["entity"] == {"type": "login", "id": UUID(int=9)}
