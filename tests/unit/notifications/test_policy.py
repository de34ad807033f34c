"""Who is told what: nobody of own acts, no customer of notes, nobody who is gone."""

from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.audiences import BOTH, EMAIL, IN_APP, Audience, Channel, Channels, Scope
from common.events import STAFF_ROLES, PersonRef, Role
from common.events.tickets import TicketEscalated, TicketRef
from common.notification_kinds import KINDS, NotificationKind
from notifications.person.document import Person, read_choices
from notifications.policy import (
    SEGMENT_ROLES,
    SMALL_DESK,
    Candidate,
    Choices,
    PreferenceKey,
    Segment,
    When,
    defaults_of_desk,
    notifies_onlookers,
    offered,
    segment_of,
    select_recipients,
)

Named = dict[Audience, set[UUID]]
ABOUT_TICKETS = [kind for kind in KINDS.values() if kind.is_about_ticket()]
ABOUT_ACCOUNTS = [kind for kind in KINDS.values() if not kind.is_about_ticket()]
MANDATORY = [kind for kind in KINDS.values() if kind.mandatory]
ROLES: tuple[Role, ...] = get_args(Role)
ADA, BOB, CAT, DAN, EVE = (UUID(int=n) for n in range(1, 6))

ids = st.sampled_from([ADA, BOB, CAT, DAN, EVE])
keys = st.builds(PreferenceKey, st.sampled_from(sorted(KINDS)), st.sampled_from(Scope), st.sampled_from(Channel))
choices = st.dictionaries(keys, st.sampled_from(get_args(When)), max_size=20)
crowds = st.lists(
    st.builds(Candidate, id=ids, role=st.sampled_from(ROLES), active=st.booleans()), unique_by=lambda each: each.id
)
choosers = st.lists(
    st.builds(Candidate, id=ids, role=st.sampled_from(ROLES), active=st.booleans(), choices=choices),
    unique_by=lambda each: each.id,
)
defaults = st.dictionaries(st.sampled_from(get_args(Segment)), choices)
named_people = st.dictionaries(st.sampled_from([Audience.MENTIONED, Audience.FORMER_ASSIGNEE]), st.sets(ids))
refs = ids.map(lambda id_: PersonRef(id=id_, name="Somebody"))


def ticket(requester: PersonRef, assignee: PersonRef | None) -> TicketRef:
    return TicketRef(
        id=UUID(int=9), number=1, title="Printer", requester=requester, assignee=assignee, status="open", priority="low"
    )


tickets = st.builds(ticket, requester=refs, assignee=st.none() | refs)
kinds = st.sampled_from(ABOUT_TICKETS)
kinds_of_others_acts = st.sampled_from([kind for kind in ABOUT_TICKETS if not kind.confirms_own_act])
ADAS = ticket(PersonRef(id=ADA, name="Ada"), PersonRef(id=BOB, name="Bob"))
UNCLAIMED = ticket(PersonRef(id=ADA, name="Ada"), None)
CUSTOMER, AGENT, OTHER_AGENT = (
    Candidate(ADA, "customer", True),
    Candidate(BOB, "agent", True),
    Candidate(CAT, "agent", True),
)
PEOPLE = [CUSTOMER, AGENT, OTHER_AGENT, Candidate(DAN, "admin", True), Candidate(EVE, "customer", True)]


def notified(kind: str | type[NotificationKind], people: list[Candidate], **more: Any) -> dict[UUID, Channels]:
    """Who is notified, and where."""
    selected = select_recipients(KINDS[kind] if isinstance(kind, str) else kind, people, **more)
    return {id_: selection.channels for id_, selection in selected.items()}


@given(kinds_of_others_acts, choosers, tickets, ids, named_people, defaults)
def test_nobody_hears_of_own_acts_on_a_ticket(
    kind: type[NotificationKind],
    people: list[Candidate],
    about: TicketRef,
    actor: UUID,
    named: Named,
    usual: dict[Segment, Choices],
) -> None:
    assert actor not in notified(kind, people, actor_id=actor, ticket=about, named=named, defaults=usual)


@given(st.sampled_from(list(KINDS.values())), choosers, st.none() | tickets, st.none() | ids, named_people, defaults)
def test_nobody_inactive_and_nobody_unasked_hears_anything(
    kind: type[NotificationKind],
    people: list[Candidate],
    about: TicketRef | None,
    actor: UUID | None,
    named: Named,
    usual: dict[Segment, Choices],
) -> None:
    decided = notified(kind, people, actor_id=actor, ticket=about, named=named, defaults=usual)
    assert set(decided) <= {person.id for person in people if person.active}
    assert all(channels for channels in decided.values())


@given(crowds, tickets, st.none() | ids)
def test_nobody_but_the_assignee_hears_of_a_note(people: list[Candidate], about: TicketRef, actor: UUID | None) -> None:
    told = notified("noted", people, actor_id=actor, ticket=about)
    assert set(told) <= ({about.assignee.id} if about.assignee else set())


INTERNAL = st.sampled_from([KINDS["noted"], KINDS["mentioned"]])


@given(INTERNAL, choosers, tickets, st.none() | ids, named_people, defaults)
def test_only_agents_and_admins_ever_hear_of_a_note_whatever_was_chosen(
    kind: type[NotificationKind],
    people: list[Candidate],
    about: TicketRef,
    actor: UUID | None,
    named: Named,
    usual: dict[Segment, Choices],
) -> None:
    told = notified(kind, people, actor_id=actor, ticket=about, named=named, defaults=usual)
    assert {person.role for person in people if person.id in told} <= {"agent", "admin"}


@given(kinds, choosers, tickets, st.none() | ids, named_people, defaults)
def test_a_customer_hears_of_own_tickets_only(
    kind: type[NotificationKind],
    people: list[Candidate],
    about: TicketRef,
    actor: UUID | None,
    named: Named,
    usual: dict[Segment, Choices],
) -> None:
    involved = {about.requester.id, about.assignee.id if about.assignee else None}
    told = notified(kind, people, actor_id=actor, ticket=about, named=named, defaults=usual)
    assert not [
        person for person in people if person.id in told and person.role == "customer" and person.id not in involved
    ]


@given(kinds_of_others_acts, crowds, tickets, ids)
def test_who_acted_changes_nothing_for_the_others(
    kind: type[NotificationKind], people: list[Candidate], about: TicketRef, actor: UUID
) -> None:
    by_system = notified(kind, people, actor_id=None, ticket=about)
    by_somebody = notified(kind, people, actor_id=actor, ticket=about)
    assert by_somebody == {id_: channels for id_, channels in by_system.items() if id_ != actor}


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("ticket_received", {ADA: EMAIL}),
        ("ticket_created", {ADA: BOTH}),
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
def test_those_a_ticket_concerns_are_told_where_the_table_says(kind: str, told: dict[UUID, object]) -> None:
    assert (
        notified(
            kind, PEOPLE, actor_id=None, ticket=ADAS, named={Audience.MENTIONED: {CAT}, Audience.FORMER_ASSIGNEE: {CAT}}
        )
        == told
    )


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("ticket_created", {ADA: BOTH, BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
        ("status_changed", {ADA: BOTH}),
        ("replied", {ADA: BOTH, BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
        ("noted", {}),
        ("escalated", {BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
        ("sla_warned", {BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
        ("sla_breached", {BOB: IN_APP, CAT: IN_APP, DAN: IN_APP}),
    ],
)
def test_what_nobody_is_to_answer_is_told_to_all_who_could_where_it_must_not_be_missed(
    kind: type[NotificationKind], told: dict[UUID, object]
) -> None:
    assert notified(kind, PEOPLE, actor_id=None, ticket=UNCLAIMED) == told


def test_whoever_opens_a_ticket_receives_the_receipt_and_nobody_else_does() -> None:
    assert notified("ticket_received", PEOPLE, actor_id=ADA, ticket=ADAS) == {ADA: EMAIL}


LARGE = 115


@pytest.mark.parametrize("kind", ["ticket_created", "replied"])
def test_an_unassigned_ticket_does_not_fill_the_inboxes_of_a_large_desk(kind: str) -> None:
    people = [Candidate(UUID(int=100 + n), "agent", True) for n in range(LARGE)]
    defaults: dict[Segment, Choices] = {"staff": defaults_of_desk(LARGE)}
    told = notified(kind, people, actor_id=ADA, ticket=UNCLAIMED, defaults=defaults)
    assert told == {}
    assert not notifies_onlookers(KINDS[kind], unassigned=True, defaults=defaults_of_desk(LARGE))


def test_whoever_turns_on_new_tickets_hears_of_them_in_a_large_desk() -> None:
    keen = choosing(OTHER_AGENT, ticket_created__unassigned__in_app="immediately")
    defaults: dict[Segment, Choices] = {"staff": defaults_of_desk(LARGE)}
    told = notified("ticket_created", [AGENT, keen], actor_id=ADA, ticket=UNCLAIMED, defaults=defaults)
    assert told == {CAT: IN_APP}


def test_a_small_desk_hears_of_new_tickets() -> None:
    assert defaults_of_desk(SMALL_DESK) == {}
    assert defaults_of_desk(SMALL_DESK + 1) != {}


def test_an_escalation_reaches_a_large_desk_in_the_app_alone() -> None:
    people = [Candidate(UUID(int=100 + n), "agent", True) for n in range(LARGE)]
    defaults: dict[Segment, Choices] = {"staff": defaults_of_desk(LARGE)}
    told = notified("escalated", people, actor_id=None, ticket=UNCLAIMED, defaults=defaults)
    assert told == {person.id: IN_APP for person in people}


def test_a_person_is_welcomed_even_by_own_doing() -> None:
    assert notified("welcome", [CUSTOMER], actor_id=ADA) == {ADA: BOTH}


def test_who_asks_and_answers_at_once_hears_once_on_every_channel_of_either() -> None:
    own = ticket(PersonRef(id=BOB, name="Bob"), PersonRef(id=BOB, name="Bob"))
    assert notified("status_changed", [AGENT], actor_id=CAT, ticket=own) == {BOB: frozenset(Channel)}


def choosing(person: Candidate, **said: When) -> Candidate:
    """Somebody with choices, each as `kind__scope__channel`."""
    own: dict[PreferenceKey, When] = {}
    for name, when in said.items():
        kind, scope, channel = name.split("__")
        own[PreferenceKey(kind, Scope(scope), Channel(channel))] = when
    return Candidate(person.id, person.role, person.active, own)


def test_who_chose_to_hear_of_all_tickets_hears_of_them() -> None:
    curious = choosing(OTHER_AGENT, noted__all__email="immediately")
    told = notified("noted", [AGENT, curious], actor_id=None, ticket=ADAS)
    assert told == {BOB: IN_APP, CAT: frozenset({Channel.EMAIL})}


def test_who_chose_to_hear_of_unassigned_tickets_hears_of_no_others() -> None:
    ready = choosing(OTHER_AGENT, status_changed__unassigned__in_app="immediately")
    assert notified("status_changed", [ready], actor_id=None, ticket=ADAS) == {}
    assert notified("status_changed", [ready], actor_id=None, ticket=UNCLAIMED) == {CAT: IN_APP}


def test_who_chose_never_is_not_told_there() -> None:
    quiet = choosing(CUSTOMER, replied__mine__email="never")
    assert notified("replied", [quiet], actor_id=None, ticket=ADAS) == {ADA: IN_APP}


def test_own_choices_count_more_than_the_organisations_and_those_more_than_ours() -> None:
    off: Choices = {PreferenceKey("replied", Scope.MINE, Channel.EMAIL): "never"}
    assert notified("replied", [CUSTOMER], actor_id=None, ticket=ADAS, defaults={"customers": off}) == {ADA: IN_APP}
    assert notified("replied", [CUSTOMER], actor_id=None, ticket=ADAS, defaults={"staff": off}) == {ADA: BOTH}
    own = choosing(CUSTOMER, replied__mine__email="immediately")
    assert notified("replied", [own], actor_id=None, ticket=ADAS, defaults={"customers": off}) == {ADA: BOTH}


@given(st.sampled_from(MANDATORY), choices, choices)
def test_what_keeps_an_account_safe_can_not_be_switched_off(
    kind: type[NotificationKind], own: Choices, usual: Choices
) -> None:
    person = Candidate(ADA, "customer", True, own)
    told = notified(kind, [person], actor_id=None, defaults={"customers": usual})
    assert Channel.EMAIL in told[ADA]


def test_what_can_not_be_switched_off_is_about_accounts() -> None:
    assert set(ABOUT_ACCOUNTS) >= set(MANDATORY)


@given(st.sampled_from(ROLES), st.sampled_from(list(KINDS.values())), st.none() | tickets, st.booleans())
def test_choosing_just_what_is_offered_changes_nothing(
    role: Role, kind: type[NotificationKind], about: TicketRef | None, is_named: bool
) -> None:
    named = {Audience.MENTIONED: {ADA}} if is_named else {}
    someone = Candidate(ADA, role, True)
    chooser = Candidate(ADA, role, True, offered({role}))
    if about is not None and segment_of(role) == "staff" and about.requester.id == ADA:
        return  # what an agent hears of tickets they opened themselves is chosen together with those they answer
    assert notified(kind, [chooser], actor_id=None, ticket=about, named=named) == notified(
        kind, [someone], actor_id=None, ticket=about, named=named
    )


@pytest.mark.parametrize(
    ("kind", "audience", "role"),
    [
        (kind, audience, role)
        for kind in KINDS.values()
        if kind.events and not kind.mandatory
        for audience in kind.channels
        for role in ROLES
        if role not in STAFF_ROLES or not kind.confirms_own_act  # staff receive no receipts
    ],
)
def test_whoever_unsubscribes_from_a_kind_receives_no_email_of_it_in_any_relation_to_the_ticket(
    kind: type[NotificationKind], audience: Audience, role: Role
) -> None:
    person = Person.model_construct(id=ADA, organisation_id=CAT, name="Ada", role=role, choices=[], subscribed_kinds=[])
    person.switch_off_email(kind.name)

    chooser = Candidate(ADA, role, True, read_choices(person.choices))
    ada, bob = (PersonRef(id=id_, name="Somebody") for id_ in (ADA, BOB))
    about = ticket(
        ada if audience == Audience.REQUESTER else bob,
        {Audience.ASSIGNEE: ada, Audience.UNASSIGNED_QUEUE: None, Audience.REQUESTER: None}.get(audience, bob),
    )
    told = notified(
        kind,
        [chooser],
        actor_id=ADA if kind.confirms_own_act else BOB,
        ticket=about if kind.is_about_ticket() else None,
        named={audience: {ADA}} if audience in (Audience.MENTIONED, Audience.FORMER_ASSIGNEE) else {},
    )
    assert Channel.EMAIL not in told.get(ADA, ())


def test_a_customer_is_offered_nothing_but_what_is_their_own() -> None:
    assert {key.scope for key in offered({"customer"})} == {Scope.MINE}
    assert {"noted", "mentioned", "assigned"}.isdisjoint({key.kind for key in offered({"customer"})})


def test_a_kind_without_an_event_and_a_mandatory_one_are_not_offered() -> None:
    kinds_offered = {key.kind for roles in SEGMENT_ROLES.values() for key in offered(roles)}
    assert kinds_offered == {name for name, kind in KINDS.items() if kind.events and not kind.mandatory}


def test_what_is_about_the_unassigned_queue_is_told_to_active_staff_who_do_not_opt_out() -> None:
    gone = Candidate(EVE, "agent", active=False)
    quiet = choosing(OTHER_AGENT, tickets_unassigned__unassigned__in_app="never")
    people = [CUSTOMER, AGENT, quiet, gone]
    assert notified("tickets_unassigned", people, actor_id=None) == {BOB: IN_APP}
    assert {key.scope for key in offered(STAFF_ROLES) if key.kind == "tickets_unassigned"} == {Scope.UNASSIGNED}


class ForAdmins(NotificationKind):
    name = "for_admins"
    events = (TicketEscalated,)
    channels = {Audience.ADMINS: BOTH, Audience.ASSIGNEE: IN_APP}


def test_a_kind_can_be_for_admins_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("notifications.policy.KINDS", {"for_admins": ForAdmins})
    assert notified(ForAdmins, PEOPLE, actor_id=None, ticket=ADAS) == {BOB: IN_APP, DAN: BOTH}
    assert notifies_onlookers(ForAdmins, unassigned=False, defaults={})
    assert {key.scope for key in offered({"admin"})} == {Scope.MINE, Scope.ALL}
    assert {key.scope for key in offered({"agent"})} == {Scope.MINE}
    assert {key.scope for key in offered(STAFF_ROLES)} == {Scope.MINE, Scope.ALL}
    assert offered({"customer"}) == {}


def audiences(kind: str, people: list[Candidate], about: TicketRef, **more: Any) -> dict[UUID, Audience]:
    selected = select_recipients(KINDS[kind], people, actor_id=None, ticket=about, **more)
    return {id_: selection.audience for id_, selection in selected.items()}


def test_nobody_but_the_assignee_is_addressed_as_the_assignee() -> None:
    curious = choosing(OTHER_AGENT, assigned__all__email="immediately")
    assert audiences("assigned", [AGENT, curious], ADAS) == {BOB: Audience.ASSIGNEE, CAT: Audience.STAFF}


def test_a_person_is_addressed_by_their_closest_relation_to_the_ticket() -> None:
    subscribed = choosing(AGENT, replied__mine__email="never", replied__all__email="immediately")
    assert audiences("replied", [subscribed], ADAS) == {BOB: Audience.ASSIGNEE}
    own = ticket(PersonRef(id=BOB, name="Bob"), None)
    assert audiences("replied", [AGENT, OTHER_AGENT], own) == {
        BOB: Audience.REQUESTER,
        CAT: Audience.UNASSIGNED_QUEUE,
    }
    named = {Audience.FORMER_ASSIGNEE: {CAT}}
    curious = choosing(Candidate(DAN, "admin", True), unassigned__unassigned__in_app="immediately")
    assert audiences("unassigned", [OTHER_AGENT, curious], UNCLAIMED, named=named) == {
        CAT: Audience.FORMER_ASSIGNEE,
        DAN: Audience.UNASSIGNED_QUEUE,
    }


@given(kinds, choosers, tickets, st.none() | ids, defaults)
def test_who_need_not_be_looked_at_would_not_be_told(
    kind: type[NotificationKind],
    people: list[Candidate],
    about: TicketRef,
    actor: UUID | None,
    usual: dict[Segment, Choices],
) -> None:
    if notifies_onlookers(kind, unassigned=about.assignee is None, defaults=usual.get("staff", {})):
        return
    told = notified(kind, people, actor_id=actor, ticket=about, defaults=usual)
    involved = {about.requester.id, about.assignee.id if about.assignee else None}
    for person in people:
        if person.id in told and person.id not in involved:
            wanted = {key.kind for key, when in person.choices.items() if key.scope != Scope.MINE and when != "never"}
            assert kind.name in wanted


@pytest.mark.parametrize(("opened_by_requester", "channels"), [(True, {Channel.IN_APP}), (False, None)])
def test_an_unproved_requester_reads_in_the_app_of_own_tickets_and_not_of_those_that_staff_opened(
    opened_by_requester: bool, channels: set[Channel] | None
) -> None:
    stranger = Candidate(ADA, "customer", True, email_verified=False)
    about = ADAS.model_copy(update={"opened_by_requester": opened_by_requester})

    assert notified("replied", [stranger], actor_id=BOB, ticket=about).get(ADA) == channels


def test_an_unproved_address_is_mailed_only_what_is_meant_for_it() -> None:
    stranger = Candidate(ADA, "customer", True, email_verified=False)
    about = ADAS.model_copy(update={"opened_by_requester": False})
    meant = {Audience.REQUESTER}

    assert notified("replied", [stranger], actor_id=BOB, ticket=about, to_unproved=meant) == {ADA: {Channel.EMAIL}}
    assert notified("mfa_enabled", [stranger], actor_id=ADA) == {ADA: {Channel.IN_APP}}
    assert notified("verify_email", [stranger], actor_id=ADA) == {}
