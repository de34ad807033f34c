"""Who is told what, as data. Pure: it is given the people and decides, and reads and writes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from common.events import Role
from common.events.notifications import Kind
from common.events.tickets import TicketRef


class Audience(StrEnum):
    """Who somebody is to a ticket."""

    SELF = "the person it is about"
    REQUESTER = "who asked"
    ASSIGNEE = "who is to answer"
    STAFF = "every agent and admin"


class Channel(StrEnum):
    """Where somebody is told."""

    IN_APP = "in_app"
    EMAIL = "email"


BOTH = frozenset({Channel.IN_APP, Channel.EMAIL})
IN_APP = frozenset({Channel.IN_APP})

RULES: Mapping[Kind, Mapping[Audience, frozenset[Channel]]] = {
    "welcome": {Audience.SELF: BOTH},
    "ticket_created": {Audience.STAFF: IN_APP},
    "status_changed": {Audience.REQUESTER: BOTH, Audience.ASSIGNEE: IN_APP},
    "replied": {Audience.REQUESTER: BOTH, Audience.ASSIGNEE: BOTH},
    "noted": {Audience.ASSIGNEE: IN_APP},
}
"""For each kind: who is told, and where. Internal notes reach staff only: no rule of `noted` names the requester."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who might be told."""

    id: UUID
    role: Role
    active: bool


def decide(
    kind: Kind, people: Iterable[Candidate], *, actor_id: UUID | None, ticket: TicketRef | None = None
) -> dict[UUID, frozenset[Channel]]:
    """Where each of `people` is told; those who are not told are left out. The actor hears nothing of own acts, except
    what is about themselves, and nobody inactive hears anything."""
    rules = RULES[kind]
    decided = {}
    for person in people:
        channels: frozenset[Channel] = frozenset()
        for audience in _audiences(person, ticket):
            channels |= rules.get(audience, frozenset())
        own_act = person.id == actor_id and ticket is not None
        if channels and person.active and not own_act:
            decided[person.id] = channels
    return decided


def _audiences(person: Candidate, ticket: TicketRef | None) -> set[Audience]:
    if ticket is None:
        return {Audience.SELF}
    audiences = set()
    if person.id == ticket.requester.id:
        audiences.add(Audience.REQUESTER)
    if person.role in ("agent", "admin"):
        audiences.add(Audience.STAFF)
        # Somebody who is no agent any more may still be written in a ticket, and must not read its notes.
        if ticket.assignee is not None and person.id == ticket.assignee.id:
            audiences.add(Audience.ASSIGNEE)
    return audiences
