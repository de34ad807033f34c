"""What there is to tell of each event, and what there is not."""

from datetime import datetime
from typing import Any, get_args
from uuid import UUID

import pytest

from common.events import EVENTS, Actor, Envelope, Event, PersonRef
from common.events.auth import (
    EmailVerificationRequested,
    InvitationCreated,
    PasswordChanged,
    PasswordResetRequested,
    Person,
    SessionStarted,
    UserRegistered,
)
from common.events.notifications import Kind
from common.events.tickets import (
    MessagePosted,
    TicketAssigned,
    TicketCreated,
    TicketEscalated,
    TicketRef,
    TicketStatusChanged,
    TicketUnassigned,
)
from common.messaging.topology import SUBSCRIPTIONS
from notifications.policy import ALWAYS
from notifications.telling import tellings

ADA, BOB, CAT = (PersonRef(id=UUID(int=n), name=name) for n, name in enumerate(("Ada", "Bob", "Cat"), 1))
AT = datetime.fromisoformat("2026-05-14T09:30:00.125Z")
TICKET = TicketRef(
    id=UUID(int=9), number=1, title="Printer", requester=ADA, assignee=BOB, status="open", priority="low"
)
SEALED = "a sealed secret"


def envelope_of(event: Event) -> Envelope:
    return Envelope(
        id=UUID(int=20),
        type=event.type,
        version=event.version,
        time=AT,
        organisation_id=UUID(int=21),
        aggregate_id=UUID(int=22),
        sequence=1,
        actor=Actor(id=ADA.id, name=ADA.name, role="customer"),
        ip="192.0.2.7",
        user_agent="Firefox",
        data=event.model_dump(mode="json"),
    )


def kinds_of(event: Event) -> list[Kind]:
    return [telling.kind for telling in tellings(event, envelope_of(event))]


def posted(**fields: Any) -> MessagePosted:
    usual = {"message_id": UUID(int=8), "author": ADA, "visibility": "public", "channel": "web", "body": "Hello."}
    return MessagePosted(ticket=TICKET, **{**usual, **fields})


def moved(**fields: Any) -> TicketStatusChanged:
    return TicketStatusChanged(ticket=TICKET, before="new", after="open", **fields)


PERSON = Person(id=ADA.id, email="ada@example.com", name="Ada", role="customer")
RESET = PasswordResetRequested(user_id=ADA.id, sealed_token=SEALED, expires_at=AT)
VERIFY = EmailVerificationRequested(user_id=ADA.id, sealed_token=SEALED, expires_at=AT)
INVITED = InvitationCreated(
    email="cat@example.com", name="Cat", role="agent", locale="de", invited_by=ADA, organisation="Example",
    sealed_token=SEALED, expires_at=AT,
)  # fmt: skip


CASES: list[tuple[Event, list[Kind]]] = [
    (UserRegistered(person=PERSON), ["welcome"]),
    (VERIFY, ["verify_email"]),
    (RESET, ["password_reset"]),
    (PasswordChanged(user_id=ADA.id, method="reset"), ["password_changed"]),
    (SessionStarted(user_id=ADA.id, expires_at=AT, new_device=True), ["new_sign_in"]),
    (SessionStarted(user_id=ADA.id, expires_at=AT), []),
    (INVITED, ["invitation"]),
    (TicketCreated(ticket=TICKET, description="It burns."), ["ticket_created"]),
    (TicketAssigned(ticket=TICKET, after=BOB), ["assigned"]),
    (TicketAssigned(ticket=TICKET, before=CAT, after=BOB), ["assigned", "unassigned"]),
    (TicketAssigned(ticket=TICKET, before=BOB, after=BOB), ["assigned"]),
    (TicketUnassigned(ticket=TICKET, before=BOB), ["unassigned"]),
    (moved(), ["status_changed"]),
    (moved(reason="inactivity"), ["status_changed"]),
    (moved(reason="reply", message_id=UUID(int=8)), []),
    (moved(reason="assignment"), []),
    (posted(), ["replied"]),
    (posted(visibility="internal"), ["noted"]),
    (posted(visibility="internal", mentions=(CAT,)), ["mentioned", "noted"]),
    (TicketEscalated(ticket=TICKET, created_at=AT), ["escalated"]),
]
TOLD = [event for event, _ in CASES]


@pytest.mark.parametrize(("event", "kinds"), CASES)
def test_an_event_is_told_as_its_kinds(event: Event, kinds: list[Kind]) -> None:
    assert kinds_of(event) == kinds


def test_the_kinds_that_nothing_is_told_as_yet_are_those_whose_events_are_still_to_come() -> None:
    told = {kind for event in TOLD for kind in kinds_of(event)}
    assert set(get_args(Kind)) - told == {"sla_warned", "sla_breached", "merged"}


def test_what_is_heard_for_other_reasons_is_not_told() -> None:
    told = {UserRegistered, EmailVerificationRequested, PasswordResetRequested, PasswordChanged, SessionStarted,
            InvitationCreated, TicketCreated, TicketAssigned, TicketUnassigned, TicketStatusChanged, MessagePosted,
            TicketEscalated}  # fmt: skip
    assert told <= set(SUBSCRIPTIONS["notifications"])
    for heard in set(EVENTS.values()) - told:
        assert tellings(heard.model_construct(), envelope_of(RESET)) == []


@pytest.mark.parametrize("event", [RESET, VERIFY, INVITED])
def test_a_link_keeps_its_secret_sealed_and_its_end(event: Event) -> None:
    [telling] = tellings(event, envelope_of(event))
    assert (telling.sealed_token, telling.expires_at) == (SEALED, AT)
    assert telling.kind in ALWAYS
    assert SEALED not in repr(telling)
    assert SEALED not in str(telling.context)


def test_an_invitation_is_for_somebody_who_has_no_account_yet() -> None:
    [telling] = tellings(INVITED, envelope_of(INVITED))
    assert telling.newcomer is not None
    assert (telling.newcomer.id, telling.newcomer.email, telling.newcomer.locale) == (
        UUID(int=22),
        "cat@example.com",
        "de",
    )
    assert telling.context == {"organisation": "Example", "inviter": "Ada"}
    assert telling.concerned == frozenset()


def test_a_new_sign_in_says_when_and_from_where() -> None:
    event = SessionStarted(user_id=ADA.id, expires_at=AT, new_device=True)
    [telling] = tellings(event, envelope_of(event))
    assert telling.context == {"at": "2026-05-14T09:30:00.125Z", "ip": "192.0.2.7", "user_agent": "Firefox"}


def test_whoever_the_event_names_must_be_known_before_anybody_is_told() -> None:
    mentioned, noted = tellings(posted(mentions=(CAT,)), envelope_of(posted()))
    assert mentioned.concerned == {ADA.id, BOB.id, CAT.id}
    assert noted.concerned == {ADA.id, BOB.id}
    relieved = tellings(
        TicketUnassigned(ticket=TICKET.model_copy(update={"assignee": None}), before=CAT), envelope_of(RESET)
    )
    assert relieved[0].named == {CAT.id}
    assert relieved[0].concerned == {ADA.id, CAT.id}
