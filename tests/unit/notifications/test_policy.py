"""Who is told what: nobody of own acts, no customer of notes, nobody who is gone."""

from typing import get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.events import PersonRef, Role
from common.events.notifications import AccountKind, Kind, TicketKind
from common.events.tickets import TicketRef
from notifications.policy import (
    ALWAYS,
    BOTH,
    IN_APP,
    RULES,
    SCOPES,
    Audience,
    Candidate,
    Channel,
    Choices,
    Key,
    Party,
    Scope,
    When,
    decide,
    offered,
    party_of,
    tells_staff,
)

KINDS: tuple[Kind, ...] = get_args(Kind)
ABOUT_TICKETS: tuple[Kind, ...] = get_args(TicketKind)
ABOUT_ACCOUNTS: tuple[Kind, ...] = get_args(AccountKind)
ROLES: tuple[Role, ...] = get_args(Role)
ADA, BOB, CAT, DAN, EVE = (UUID(int=n) for n in range(1, 6))

ids = st.sampled_from([ADA, BOB, CAT, DAN, EVE])
keys = st.builds(Key, st.sampled_from(KINDS), st.sampled_from(Scope), st.sampled_from(Channel))
choices = st.dictionaries(keys, st.sampled_from(get_args(When)), max_size=20)
crowds = st.lists(
    st.builds(Candidate, id=ids, role=st.sampled_from(ROLES), active=st.booleans()), unique_by=lambda each: each.id
)
choosers = st.lists(
    st.builds(Candidate, id=ids, role=st.sampled_from(ROLES), active=st.booleans(), choices=choices),
    unique_by=lambda each: each.id,
)
defaults = st.dictionaries(st.sampled_from(get_args(Party)), choices)
refs = ids.map(lambda id_: PersonRef(id=id_, name="Somebody"))


def ticket(requester: PersonRef, assignee: PersonRef | None) -> TicketRef:
    return TicketRef(
        id=UUID(int=9), number=1, title="Printer", requester=requester, assignee=assignee, status="open", priority="low"
    )


tickets = st.builds(ticket, requester=refs, assignee=st.none() | refs)
kinds = st.sampled_from(ABOUT_TICKETS)
ADAS = ticket(PersonRef(id=ADA, name="Ada"), PersonRef(id=BOB, name="Bob"))
UNCLAIMED = ticket(PersonRef(id=ADA, name="Ada"), None)
CUSTOMER, AGENT, OTHER_AGENT = (
    Candidate(ADA, "customer", True),
    Candidate(BOB, "agent", True),
    Candidate(CAT, "agent", True),
)
PEOPLE = [CUSTOMER, AGENT, OTHER_AGENT, Candidate(DAN, "admin", True), Candidate(EVE, "customer", True)]


@given(kinds, choosers, tickets, ids, st.sets(ids), defaults)
def test_nobody_hears_of_own_acts_on_a_ticket(
    kind: Kind, people: list[Candidate], about: TicketRef, actor: UUID, named: set[UUID], usual: dict[Party, Choices]
) -> None:
    assert actor not in decide(kind, people, actor_id=actor, ticket=about, named=named, defaults=usual)


@given(st.sampled_from(KINDS), choosers, st.none() | tickets, st.none() | ids, st.sets(ids), defaults)
def test_nobody_inactive_and_nobody_unasked_hears_anything(
    kind: Kind,
    people: list[Candidate],
    about: TicketRef | None,
    actor: UUID | None,
    named: set[UUID],
    usual: dict[Party, Choices],
) -> None:
    decided = decide(kind, people, actor_id=actor, ticket=about, named=named, defaults=usual)
    assert set(decided) <= {person.id for person in people if person.active}
    assert all(channels for channels in decided.values())


@given(crowds, tickets, st.none() | ids)
def test_nobody_but_the_assignee_hears_of_a_note(people: list[Candidate], about: TicketRef, actor: UUID | None) -> None:
    told = decide("noted", people, actor_id=actor, ticket=about)
    assert set(told) <= ({about.assignee.id} if about.assignee else set())


INTERNAL = st.sampled_from(["noted", "mentioned"])


@given(INTERNAL, choosers, tickets, st.none() | ids, st.sets(ids), defaults)
def test_only_agents_and_admins_ever_hear_of_a_note_whatever_was_chosen(
    kind: Kind,
    people: list[Candidate],
    about: TicketRef,
    actor: UUID | None,
    named: set[UUID],
    usual: dict[Party, Choices],
) -> None:
    told = decide(kind, people, actor_id=actor, ticket=about, named=named, defaults=usual)
    assert {person.role for person in people if person.id in told} <= {"agent", "admin"}


@given(kinds, choosers, tickets, st.none() | ids, st.sets(ids), defaults)
def test_a_customer_hears_of_own_tickets_only(
    kind: Kind,
    people: list[Candidate],
    about: TicketRef,
    actor: UUID | None,
    named: set[UUID],
    usual: dict[Party, Choices],
) -> None:
    involved = {about.requester.id, about.assignee.id if about.assignee else None}
    told = decide(kind, people, actor_id=actor, ticket=about, named=named, defaults=usual)
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
        ("assigned", {BOB: BOTH}),
        ("unassigned", {CAT: IN_APP}),
        ("status_changed", {ADA: BOTH, BOB: IN_APP}),
        ("replied", {ADA: BOTH, BOB: BOTH}),
        ("noted", {BOB: IN_APP}),
        ("mentioned", {CAT: BOTH}),
        ("escalated", {BOB: BOTH, CAT: IN_APP, DAN: IN_APP}),
        ("sla_warned", {BOB: BOTH}),
        ("sla_breached", {BOB: BOTH, CAT: IN_APP, DAN: IN_APP}),
        ("merged", {ADA: BOTH, BOB: IN_APP}),
    ],
)
def test_those_a_ticket_concerns_are_told_where_the_table_says(kind: Kind, told: dict[UUID, object]) -> None:
    assert decide(kind, PEOPLE, actor_id=None, ticket=ADAS, named={CAT}) == told


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("ticket_created", {BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
        ("status_changed", {ADA: BOTH}),
        ("replied", {ADA: BOTH, BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
        ("noted", {}),
        ("escalated", {BOB: BOTH, CAT: BOTH, DAN: BOTH}),
        ("sla_warned", {BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
        ("sla_breached", {BOB: BOTH, CAT: BOTH, DAN: BOTH}),
    ],
)
def test_what_nobody_is_to_answer_is_told_to_all_who_could_where_it_must_not_be_missed(
    kind: Kind, told: dict[UUID, object]
) -> None:
    assert decide(kind, PEOPLE, actor_id=None, ticket=UNCLAIMED) == told


def test_a_person_is_welcomed_even_by_own_doing() -> None:
    assert decide("welcome", [CUSTOMER], actor_id=ADA) == {ADA: BOTH}


def test_who_asks_and_answers_at_once_hears_once_on_every_channel_of_either() -> None:
    own = ticket(PersonRef(id=BOB, name="Bob"), PersonRef(id=BOB, name="Bob"))
    assert decide("status_changed", [AGENT], actor_id=CAT, ticket=own) == {BOB: frozenset(Channel)}


def choosing(person: Candidate, **said: When) -> Candidate:
    """Somebody with choices, each as `kind__scope__channel`."""
    own: dict[Key, When] = {}
    for name, when in said.items():
        kind, scope, channel = name.split("__")
        own[Key(kind, Scope(scope), Channel(channel))] = when  # type: ignore[arg-type]  # a kind by its name
    return Candidate(person.id, person.role, person.active, own)


def test_who_chose_to_hear_of_all_tickets_hears_of_them() -> None:
    curious = choosing(OTHER_AGENT, noted__all__email="immediately")
    told = decide("noted", [AGENT, curious], actor_id=None, ticket=ADAS)
    assert told == {BOB: IN_APP, CAT: frozenset({Channel.EMAIL})}


def test_who_chose_to_hear_of_unassigned_tickets_hears_of_no_others() -> None:
    ready = choosing(OTHER_AGENT, status_changed__unassigned__in_app="immediately")
    assert decide("status_changed", [ready], actor_id=None, ticket=ADAS) == {}
    assert decide("status_changed", [ready], actor_id=None, ticket=UNCLAIMED) == {CAT: IN_APP}


def test_who_chose_never_is_not_told_there() -> None:
    quiet = choosing(CUSTOMER, replied__mine__email="never")
    assert decide("replied", [quiet], actor_id=None, ticket=ADAS) == {ADA: IN_APP}


def test_own_choices_count_more_than_the_organisations_and_those_more_than_ours() -> None:
    off: Choices = {Key("replied", Scope.MINE, Channel.EMAIL): "never"}
    assert decide("replied", [CUSTOMER], actor_id=None, ticket=ADAS, defaults={"customers": off}) == {ADA: IN_APP}
    assert decide("replied", [CUSTOMER], actor_id=None, ticket=ADAS, defaults={"staff": off}) == {ADA: BOTH}
    own = choosing(CUSTOMER, replied__mine__email="immediately")
    assert decide("replied", [own], actor_id=None, ticket=ADAS, defaults={"customers": off}) == {ADA: BOTH}


@given(st.sampled_from(sorted(ALWAYS)), choices, choices)
def test_what_keeps_an_account_safe_can_not_be_switched_off(kind: Kind, own: Choices, usual: Choices) -> None:
    person = Candidate(ADA, "customer", True, own)
    told = decide(kind, [person], actor_id=None, defaults={"customers": usual})
    assert Channel.EMAIL in told[ADA]


def test_what_can_not_be_switched_off_is_about_accounts() -> None:
    assert set(ABOUT_ACCOUNTS) >= ALWAYS


@given(st.sampled_from(ROLES), st.sampled_from(KINDS), st.none() | tickets, st.booleans())
def test_choosing_just_what_is_offered_as_usual_changes_nothing(
    role: Role, kind: Kind, about: TicketRef | None, is_named: bool
) -> None:
    usual = offered(party_of(role))
    named = {ADA} if is_named else set()
    someone = Candidate(ADA, role, True)
    chooser = Candidate(ADA, role, True, usual)
    if about is not None and party_of(role) == "staff" and about.requester.id == ADA:
        return  # what an agent hears of tickets they opened themselves is chosen together with those they answer
    assert decide(kind, [chooser], actor_id=None, ticket=about, named=named) == decide(
        kind, [someone], actor_id=None, ticket=about, named=named
    )


def test_a_customer_is_offered_nothing_but_what_is_their_own() -> None:
    assert {key.scope for key in offered("customers")} == {Scope.MINE}
    assert {"noted", "mentioned", "assigned"}.isdisjoint({key.kind for key in offered("customers")})


@given(kinds, choosers, tickets, st.none() | ids, defaults)
def test_who_need_not_be_looked_at_would_not_be_told(
    kind: Kind, people: list[Candidate], about: TicketRef, actor: UUID | None, usual: dict[Party, Choices]
) -> None:
    if tells_staff(kind, unassigned=about.assignee is None, defaults=usual.get("staff", {})):
        return
    told = decide(kind, people, actor_id=actor, ticket=about, defaults=usual)
    involved = {about.requester.id, about.assignee.id if about.assignee else None}
    for person in people:
        if person.id in told and person.id not in involved:
            wanted = {key.kind for key, when in person.choices.items() if key.scope != Scope.MINE and when != "never"}
            assert kind in wanted


def test_every_audience_has_its_scope() -> None:
    assert set(SCOPES) == set(Audience)
