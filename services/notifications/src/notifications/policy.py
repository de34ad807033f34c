"""Who is told what, and where, as data. Pure: it is given the people and decides, and reads and writes nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple
from uuid import UUID

from common.events import Role
from common.events.notifications import Kind
from common.events.tickets import TicketRef


class Audience(StrEnum):
    """Who somebody is to what happened."""

    SELF = "the person it is about"
    REQUESTER = "who asked"
    ASSIGNEE = "who is to answer"
    NAMED = "an agent or admin whom the event names: mentioned in it, or relieved by it"
    POOL = "every agent and admin, as long as nobody is to answer"
    STAFF = "every agent and admin"


class Channel(StrEnum):
    """Where somebody is told."""

    IN_APP = "in_app"
    EMAIL = "email"


class Scope(StrEnum):
    """Of which tickets somebody wants to hear. What is about their account is `mine` too."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    ALL = "all"


When = Literal["immediately", "never"]
Party = Literal["customers", "staff"]
"""Whose defaults an organisation sets: those of customers, or those of agents and admins."""


class Key(NamedTuple):
    """One thing that can be chosen."""

    kind: Kind
    scope: Scope
    channel: Channel


Choices = Mapping[Key, When]

BOTH = frozenset({Channel.IN_APP, Channel.EMAIL})
IN_APP = frozenset({Channel.IN_APP})
EMAIL = frozenset({Channel.EMAIL})
NOWHERE: frozenset[Channel] = frozenset()
"""Only who chose so is told."""

_ON_REQUEST = {Audience.POOL: NOWHERE, Audience.STAFF: NOWHERE}

RULES: Mapping[Kind, Mapping[Audience, frozenset[Channel]]] = {
    "welcome": {Audience.SELF: BOTH},
    "verify_email": {Audience.SELF: EMAIL},
    "password_reset": {Audience.SELF: EMAIL},
    "password_changed": {Audience.SELF: BOTH},
    "new_sign_in": {Audience.SELF: BOTH},
    "invitation": {Audience.SELF: EMAIL},
    "ticket_created": {Audience.POOL: IN_APP, Audience.STAFF: IN_APP},
    "assigned": {Audience.ASSIGNEE: BOTH, **_ON_REQUEST},
    "unassigned": {Audience.NAMED: IN_APP, **_ON_REQUEST},
    "status_changed": {Audience.REQUESTER: BOTH, Audience.ASSIGNEE: IN_APP, **_ON_REQUEST},
    "replied": {Audience.REQUESTER: BOTH, Audience.ASSIGNEE: BOTH, Audience.POOL: IN_APP, Audience.STAFF: NOWHERE},
    "noted": {Audience.ASSIGNEE: IN_APP, **_ON_REQUEST},
    "mentioned": {Audience.NAMED: BOTH},
    "escalated": {Audience.ASSIGNEE: BOTH, Audience.POOL: BOTH, Audience.STAFF: IN_APP},
    "sla_warned": {Audience.ASSIGNEE: BOTH, Audience.POOL: IN_APP, Audience.STAFF: NOWHERE},
    "sla_breached": {Audience.ASSIGNEE: BOTH, Audience.POOL: BOTH, Audience.STAFF: IN_APP},
    "merged": {Audience.REQUESTER: BOTH, Audience.ASSIGNEE: IN_APP, **_ON_REQUEST},
}
"""For each kind: who can be told, and where they are if nobody chose otherwise. Who is not in a kind's rule never hears
of it, whatever is chosen: no rule of `noted` names the requester, so internal notes reach staff only."""

ALWAYS: frozenset[Kind] = frozenset({"verify_email", "password_reset", "password_changed", "invitation"})
"""Nobody can switch these off: without them an account is lost, or lost to somebody else unnoticed."""

SCOPES: Mapping[Audience, Scope] = {
    Audience.SELF: Scope.MINE,
    Audience.REQUESTER: Scope.MINE,
    Audience.ASSIGNEE: Scope.MINE,
    Audience.NAMED: Scope.MINE,
    Audience.POOL: Scope.UNASSIGNED,
    Audience.STAFF: Scope.ALL,
}

_CHOOSES_AS: Mapping[Party, frozenset[Audience]] = {
    "customers": frozenset({Audience.SELF, Audience.REQUESTER}),
    # An agent's own tickets are those to be answered; one who also asked is told by the requester's rule.
    "staff": frozenset(Audience) - {Audience.REQUESTER},
}


@dataclass(frozen=True)
class Candidate:
    """Somebody who might be told. `choices` are their own."""

    id: UUID
    role: Role
    active: bool
    choices: Choices = field(default_factory=dict)


def party_of(role: Role) -> Party:
    """Whose defaults somebody has."""
    return "staff" if role in ("agent", "admin") else "customers"


def decide(
    kind: Kind,
    people: Iterable[Candidate],
    *,
    actor_id: UUID | None,
    ticket: TicketRef | None = None,
    named: Collection[UUID] = (),
    defaults: Mapping[Party, Choices] | None = None,
) -> dict[UUID, frozenset[Channel]]:
    """Where each of `people` is told; those who are not told are left out. The actor hears nothing of own acts, except
    what is about themselves, and nobody inactive hears anything. `defaults` are the organisation's."""
    decided = {}
    for person in people:
        if not person.active or (ticket is not None and person.id == actor_id):
            continue
        usual = (defaults or {}).get(party_of(person.role), {})
        channels = frozenset(
            channel
            for audience in _audiences(person, ticket, named) & RULES[kind].keys()
            for channel in Channel
            if _when(Key(kind, SCOPES[audience], channel), audience, person.choices, usual) == "immediately"
        )
        if channels:
            decided[person.id] = channels
    return decided


def tells_staff(kind: Kind, *, unassigned: bool, defaults: Choices) -> bool:
    """Whether agents and admins are told who did not choose so themselves: only then all of them need be looked at."""
    audiences = {Audience.STAFF, Audience.POOL} if unassigned else {Audience.STAFF}
    return any(
        _when(Key(kind, SCOPES[audience], channel), audience, {}, defaults) == "immediately"
        for audience in audiences & RULES[kind].keys()
        for channel in Channel
    )


def offered(party: Party) -> dict[Key, When]:
    """All that can be chosen, and what holds where nobody chose."""
    found: dict[Key, When] = {}
    for kind, rules in RULES.items():
        choosable = (audience for audience in rules if kind not in ALWAYS and audience in _CHOOSES_AS[party])
        for audience in choosable:
            for channel in Channel:
                key = Key(kind, SCOPES[audience], channel)
                if found.get(key) != "immediately":
                    found[key] = _when(key, audience, {}, {})
    return found


def _when(key: Key, audience: Audience, own: Choices, defaults: Choices) -> When:
    usual: When = "immediately" if key.channel in RULES[key.kind][audience] else "never"
    if key.kind in ALWAYS:
        return usual
    return own.get(key) or defaults.get(key) or usual


def _audiences(person: Candidate, ticket: TicketRef | None, named: Collection[UUID]) -> set[Audience]:
    if ticket is None:
        return {Audience.SELF}
    audiences = set()
    if person.id == ticket.requester.id:
        audiences.add(Audience.REQUESTER)
    # Somebody who is no agent any more may still be written in a ticket, and must not read its notes.
    if party_of(person.role) == "staff":
        audiences.add(Audience.STAFF)
        if ticket.assignee is None:
            audiences.add(Audience.POOL)
        elif person.id == ticket.assignee.id:
            audiences.add(Audience.ASSIGNEE)
        if person.id in named:
            audiences.add(Audience.NAMED)
    return audiences
