"""Who is told what: nobody of own acts, no customer of notes, nobody who is gone."""

from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.events import PersonRef, Role
from common.events.notifications import Kind
from common.events.tickets import TicketRef
from notifications.policy import BOTH, IN_APP, RULES, Candidate, Channel, decide

KINDS: tuple[Kind, ...] = get_args(Kind)
ABOUT_TICKETS = [kind for kind in KINDS if kind != "welcome"]
ROLES: tuple[Role, ...] = get_args(Role)
ADA, BOB, CAT, DAN, EVE = (UUID(int=n) for n in range(1, 6))

ids = st.sampled_from([ADA, BOB, CAT, DAN, EVE])
crowds = st.lists(
    st.builds(Candidate, id=ids, role=st.sampled_from(ROLES), active=st.booleans()), unique_by=lambda each: each.id
)
refs = ids.map(lambda id_: PersonRef(id=id_, name="Somebody"))


def ticket(requester: PersonRef, assignee: PersonRef | None) -> TicketRef:
    return TicketRef(
        id=UUID(int=9), number=1, title="Printer", requester=requester, assignee=assignee, status="open", priority="low"
    )


tickets = st.builds(ticket, requester=refs, assignee=st.none() | refs)
kinds = st.sampled_from(ABOUT_TICKETS)
ADAS = ticket(PersonRef(id=ADA, name="Ada"), PersonRef(id=BOB, name="Bob"))
CUSTOMER, AGENT, OTHER_AGENT = (
    Candidate(ADA, "customer", True),
    Candidate(BOB, "agent", True),
    Candidate(CAT, "agent", True),
)
PEOPLE = [CUSTOMER, AGENT, OTHER_AGENT, Candidate(DAN, "admin", True), Candidate(EVE, "customer", True)]


@given(kinds, crowds, tickets, ids)
def test_nobody_hears_of_own_acts_on_a_ticket(
    kind: Kind, people: list[Candidate], about: TicketRef, actor: UUID
) -> None:
    assert actor not in decide(kind, people, actor_id=actor, ticket=about)


@given(st.sampled_from(KINDS), crowds, st.none() | tickets, st.none() | ids)
def test_nobody_inactive_and_nobody_unasked_hears_anything(
    kind: Kind, people: list[Candidate], about: TicketRef | None, actor: UUID | None
) -> None:
    decided = decide(kind, people, actor_id=actor, ticket=about)
    assert set(decided) <= {person.id for person in people if person.active}
    assert all(channels for channels in decided.values())


@given(crowds, tickets, st.none() | ids)
def test_nobody_but_the_assignee_hears_of_a_note(people: list[Candidate], about: TicketRef, actor: UUID | None) -> None:
    told = decide("noted", people, actor_id=actor, ticket=about)
    assert set(told) <= ({about.assignee.id} if about.assignee else set())


@given(crowds, tickets, st.none() | ids)
def test_a_customer_never_hears_of_a_note(people: list[Candidate], about: TicketRef, actor: UUID | None) -> None:
    told = decide("noted", people, actor_id=actor, ticket=about)
    assert not [person for person in people if person.id in told and person.role == "customer"]


@given(kinds, crowds, tickets, st.none() | ids)
def test_a_customer_hears_of_own_tickets_only(
    kind: Kind, people: list[Candidate], about: TicketRef, actor: UUID | None
) -> None:
    involved = {about.requester.id, about.assignee.id if about.assignee else None}
    told = decide(kind, people, actor_id=actor, ticket=about)
    assert not [
        person for person in people if person.id in told and person.role == "customer" and person.id not in involved
    ]


@given(kinds, crowds, tickets, ids)
def test_who_acted_changes_nothing_for_the_others(
    kind: Kind, people: list[Candidate], about: TicketRef, actor: UUID
) -> None:
    by_system = decide(kind, people, actor_id=None, ticket=about)
    by_somebody = decide(kind, people, actor_id=actor, ticket=about)
    assert by_somebody == {id_: channels for id_, channels in by_system.items() if id_ != actor}


def test_every_kind_has_its_rule() -> None:
    assert set(RULES) == set(KINDS)


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("ticket_created", {BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
        ("status_changed", {ADA: BOTH, BOB: IN_APP}),
        ("replied", {ADA: BOTH, BOB: BOTH}),
        ("noted", {BOB: IN_APP}),
    ],
)
def test_those_a_ticket_concerns_are_told_where_the_table_says(kind: Kind, told: dict[UUID, object]) -> None:
    assert decide(kind, PEOPLE, actor_id=None, ticket=ADAS) == told


def test_a_person_is_welcomed_even_by_own_doing() -> None:
    assert decide("welcome", [CUSTOMER], actor_id=ADA) == {ADA: BOTH}


def test_who_asks_and_answers_at_once_hears_once_on_every_channel_of_either() -> None:
    own = ticket(PersonRef(id=BOB, name="Bob"), PersonRef(id=BOB, name="Bob"))
    assert decide("status_changed", [AGENT], actor_id=CAT, ticket=own) == {BOB: frozenset(Channel)}
