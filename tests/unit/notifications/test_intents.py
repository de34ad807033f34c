"""The notification intents of each event."""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from common.audiences import Audience
from common.events import Actor, Envelope, Event, FieldChange, PersonRef
from common.events.auth import (
    EmailChangeCancelled,
    EmailChanged,
    EmailRestored,
    LoginFailedRepeatedly,
    MfaDisabled,
    MfaEnabled,
    PasswordChanged,
    Person,
    RecoveryCodesRenewed,
    RecoveryCodeUsed,
    SessionStarted,
    UserRegistered,
    UserUpdated,
)
from common.events.tickets import (
    AttachmentRef,
    MessagePosted,
    OffboardingCompleted,
    TicketAssigned,
    TicketCreated,
    TicketEscalated,
    TicketRef,
    TicketStatusChanged,
    TicketUnassigned,
)
from common.notification_kinds import KINDS, NOTIFYING_EVENTS, NewSignIn
from notifications.intents import INTENTS, NotificationIntent

ADA, BOB, CAT = (PersonRef(id=UUID(int=n), name=name) for n, name in enumerate(("Ada", "Bob", "Cat"), 1))
AT = datetime.fromisoformat("2026-05-14T09:30:00.125Z")
TICKET = TicketRef(
    id=UUID(int=9), number=1, title="Printer", requester=ADA, assignee=BOB, status="open", priority="low"
)


def envelope_of(event: Event, actor: Actor | None = None) -> Envelope:
    return Envelope(
        id=UUID(int=20),
        type=event.type,
        version=event.version,
        time=AT,
        organisation_id=UUID(int=21),
        aggregate_id=UUID(int=22),
        sequence=1,
        actor=actor or Actor(id=ADA.id, name=ADA.name, role="customer"),
        ip="192.0.2.7",
        user_agent="Firefox",
        data=event.model_dump(mode="json"),
    )


def intents_of(event: Event) -> list[NotificationIntent]:
    return list(INTENTS[type(event)](event, envelope_of(event)))


def kinds_of(event: Event) -> list[str]:
    return [intent.kind.name for intent in intents_of(event)]


def message_posted(**fields: Any) -> MessagePosted:
    usual = {"message_id": UUID(int=8), "author": ADA, "visibility": "public", "channel": "web", "body": "Hello."}
    return MessagePosted(ticket=TICKET, **{**usual, **fields})


def status_changed_event(**fields: Any) -> TicketStatusChanged:
    return TicketStatusChanged(ticket=TICKET, before="new", after="open", **fields)


PERSON = Person(id=ADA.id, email="ada@example.com", name="Ada", role="customer")

CASES: list[tuple[Event, list[str]]] = [
    (UserRegistered(person=PERSON), ["welcome"]),
    (PasswordChanged(user_id=ADA.id, method="reset"), ["password_changed"]),
    (MfaEnabled(user_id=ADA.id), ["mfa_enabled"]),
    (MfaDisabled(user_id=ADA.id), ["mfa_disabled"]),
    (RecoveryCodeUsed(user_id=ADA.id, remaining=9), ["recovery_code_used"]),
    (RecoveryCodesRenewed(user_id=ADA.id), ["recovery_codes_renewed"]),
    (EmailChangeCancelled(user_id=ADA.id, email="new@example.com", method="link"), ["email_change_cancelled"]),
    (EmailChanged(user_id=ADA.id, before="old@example.com", after="new@example.com"), ["email_changed"]),
    (EmailRestored(user_id=ADA.id, before="new@example.com", after="old@example.com"), ["email_restored"]),
    (UserUpdated(person=PERSON, changes={"role": FieldChange(before="customer", after="agent")}), ["role_changed"]),
    (UserUpdated(person=PERSON, changes={"name": FieldChange(before="A", after="Ada")}), []),
    (SessionStarted(user_id=ADA.id, expires_at=AT, new_device=True), ["new_sign_in"]),
    (SessionStarted(user_id=ADA.id, expires_at=AT), []),
    (LoginFailedRepeatedly(user_id=ADA.id, failures=10), ["failed_logins"]),
    (TicketCreated(ticket=TICKET, description="It burns."), ["ticket_received", "ticket_created"]),
    (TicketCreated(ticket=TICKET, description="It burns.", follow_up_of=UUID(int=7)), []),
    (TicketAssigned(ticket=TICKET, after=BOB), ["assigned"]),
    (TicketAssigned(ticket=TICKET, before=CAT, after=BOB), ["assigned", "unassigned"]),
    (TicketAssigned(ticket=TICKET, before=BOB, after=BOB), ["assigned"]),
    (TicketUnassigned(ticket=TICKET, before=BOB), ["unassigned"]),
    (TicketUnassigned(ticket=TICKET, before=BOB, reason="assignee_left"), []),
    (OffboardingCompleted(person=BOB, ticket_count=3), ["tickets_unassigned"]),
    (status_changed_event(), ["status_changed"]),
    (status_changed_event(reason="inactivity"), ["status_changed"]),
    (status_changed_event(reason="reply", message_id=UUID(int=8)), []),
    (status_changed_event(reason="assignment"), []),
    (message_posted(), ["replied"]),
    (message_posted(follow_up_of=UUID(int=7)), ["ticket_received", "replied", "ticket_created"]),
    (message_posted(visibility="internal"), ["noted"]),
    (message_posted(visibility="internal", mentions=(CAT,)), ["mentioned", "noted"]),
    (TicketEscalated(ticket=TICKET, waiting_since=AT), ["escalated"]),
]


@pytest.mark.parametrize(("event", "kinds"), CASES)
def test_an_event_causes_its_kinds(event: Event, kinds: list[str]) -> None:
    assert kinds_of(event) == kinds


def test_every_event_of_the_catalogue_has_its_intents_and_no_other_event_has() -> None:
    assert set(INTENTS) == set(NOTIFYING_EVENTS)


def test_each_kind_is_caused_by_the_events_that_it_names() -> None:
    caused = {(kind, type(event)) for event, kinds in CASES for kind in kinds}
    assert caused == {
        (kind.name, event) for kind in KINDS.values() if not kind.has_secret_link for event in kind.events
    }


def test_kinds_without_an_event_are_those_of_features_to_come() -> None:
    assert {kind.name for kind in KINDS.values() if not kind.events} == {"sla_warned", "sla_breached", "merged"}


@pytest.mark.parametrize(("role", "is_staff"), [("customer", False), ("agent", True), ("admin", True)])
def test_a_welcome_speaks_to_staff_as_staff(role: str, is_staff: bool) -> None:
    [intent] = intents_of(UserRegistered(person=PERSON.model_copy(update={"role": role})))
    assert intent.context.model_dump() == {"is_staff": is_staff}


def test_a_new_sign_in_says_when_and_from_where() -> None:
    [intent] = intents_of(SessionStarted(user_id=ADA.id, expires_at=AT, new_device=True))
    assert intent.context == NewSignIn(at=AT, ip="192.0.2.7", user_agent="Firefox")


def test_people_whom_only_the_event_names_are_involved() -> None:
    mentioned, noted = intents_of(message_posted(mentions=(CAT,)))
    assert mentioned.involved == {ADA.id, BOB.id, CAT.id}
    assert noted.involved == {ADA.id, BOB.id}
    unassigned = TicketUnassigned(ticket=TICKET.model_copy(update={"assignee": None}), before=CAT)
    [relieved] = intents_of(unassigned)
    assert relieved.named == {Audience.FORMER_ASSIGNEE: {CAT.id}}
    assert relieved.involved == {ADA.id, CAT.id}


def test_staff_who_open_a_ticket_cause_no_receipt() -> None:
    event = TicketCreated(ticket=TICKET, description="It burns.")
    agent = Actor(id=BOB.id, name=BOB.name, role="agent")
    [intent] = INTENTS[TicketCreated](event, envelope_of(event, agent))
    assert intent.kind.name == "ticket_created"
    assert intent.to_unproved == {Audience.REQUESTER}


def test_a_reply_that_opens_a_follow_up_says_so() -> None:
    receipt, replied, created = intents_of(message_posted(follow_up_of=UUID(int=7), body="It burns again."))
    assert replied.context.model_dump()["opens_ticket"] is True
    assert created.context.model_dump()["body"] == "It burns again."
    assert receipt.involved == {ADA.id, BOB.id}


@pytest.mark.parametrize("visibility", ["public", "internal"])
def test_the_files_of_a_message_are_named_to_everyone(visibility: str) -> None:
    file = AttachmentRef(id=UUID(int=5), name="invoice.pdf", media_type="application/pdf", size=48_300)
    for intent in intents_of(message_posted(visibility=visibility, mentions=(CAT,), attachments=(file,))):
        assert intent.context.model_dump()["files"] == ({"name": "invoice.pdf", "size": 48_300},)
