"""Who is notified of a kind, and where. Pure: it is given the people, and reads and writes nothing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from common.audiences import ONLOOKERS, Audience, Channel, Channels, Scope, scope_of
from common.events import STAFF_ROLES, Role
from common.events.tickets import TicketRef
from common.notification_kinds import KINDS, NotificationKind

When = Literal["immediately", "never"]
Segment = Literal["customers", "staff"]
"""The people for whom an organisation sets defaults: customers, or agents and admins."""

SEGMENT_ROLES: Mapping[Segment, Collection[Role]] = {"customers": {"customer", "operator"}, "staff": STAFF_ROLES}


class PreferenceKey(NamedTuple):
    """What one preference is for."""

    kind: str
    scope: Scope
    channel: Channel


Choices = Mapping[PreferenceKey, When]
ChangedChoices = Mapping[PreferenceKey, When | None]
"""None removes a choice, so that the default applies again."""

SMALL_DESK = 10
"""The most agents and admins of a desk in which all of them are notified of unassigned tickets by default."""

_CHOOSERS: Mapping[Audience, frozenset[Role]] = {
    Audience.SELF: frozenset(get_args(Role)),
    Audience.REQUESTER: frozenset(SEGMENT_ROLES["customers"]),
    Audience.ADMINS: frozenset({"admin"}),
}
"""The roles that choose for an audience; agents and admins for every other one (see `_choosers`)."""


@dataclass(frozen=True)
class Candidate:
    """A person who may be notified, with their own choices."""

    id: UUID
    role: Role
    active: bool
    choices: Choices = field(default_factory=dict)
    email_verified: bool = True


class ChannelSelection(NamedTuple):
    """As which audience a recipient is addressed, and in which channels."""

    audience: Audience
    channels: Channels


def merge_choices(before: Choices, changed: ChangedChoices) -> Choices:
    """Those of `before` that `changed` leaves out stay (docs/decisions/0024)."""
    return {key: when for key, when in {**before, **changed}.items() if when is not None}


def defaults_of_desk(staff: int) -> Choices:
    """The defaults for the staff of a desk of that many agents and admins, where they differ from those of a small
    one. The organisation's own defaults come before them."""
    if staff <= SMALL_DESK:
        return {}
    return {
        _key(kind, audience, Channel.IN_APP): "never"
        for kind in KINDS.values()
        if kind.is_quiet_in_large_desks
        for audience in ONLOOKERS & kind.channels.keys()
    }


def segment_of(role: Role) -> Segment:
    """The segment whose defaults apply to a person."""
    return "staff" if role in STAFF_ROLES else "customers"


def is_active_staff(person: Candidate) -> bool:
    """Whether the person can answer tickets."""
    return person.active and person.role in STAFF_ROLES


def select_recipients(
    kind: type[NotificationKind],
    people: Iterable[Candidate],
    *,
    actor_id: UUID | None,
    ticket: TicketRef | None = None,
    named: Mapping[Audience, Collection[UUID]] | None = None,
    defaults: Mapping[Segment, Choices] | None = None,
    to_unproved: Collection[Audience] = (),
) -> dict[UUID, ChannelSelection]:
    """Those of `people` who are notified. Nobody is notified of their own acts on a ticket, and nobody inactive of
    anything. `defaults` are the organisation's. Somebody may have typed the address of a stranger: an address that is
    not verified receives emails only as one of `to_unproved`."""
    selected = {}
    for person in people:
        if not person.active or (ticket is not None and person.id == actor_id and not kind.confirms_own_act):
            continue
        organisation = (defaults or {}).get(segment_of(person.role), {})
        audiences = _audiences_of(person, kind, ticket, named or {}) & kind.channels.keys()
        channels = frozenset(
            channel
            for audience in audiences
            for channel in Channel
            if _when(kind, audience, channel, person.choices, organisation) == "immediately"
            and (person.email_verified or _reaches_unproved(audience, channel, ticket, to_unproved))
        )
        if channels:
            selected[person.id] = ChannelSelection(next(each for each in Audience if each in audiences), channels)
    return selected


def _reaches_unproved(
    audience: Audience, channel: Channel, ticket: TicketRef | None, to_unproved: Collection[Audience]
) -> bool:
    """Whoever logged in may not own the address: the app does not mention tickets that staff opened for its owner."""
    if channel == Channel.EMAIL:
        return audience in to_unproved
    return ticket is None or ticket.opened_by_requester


def notifies_onlookers(kind: type[NotificationKind], *, unassigned: bool, defaults: Choices) -> bool:
    """Whether agents and admins are notified who are not involved and chose nothing. If not, only those who subscribed
    to the kind need to be loaded."""
    audiences = ONLOOKERS if unassigned else ONLOOKERS - {Audience.UNASSIGNED_QUEUE}
    return any(
        _when(kind, audience, channel, {}, defaults) == "immediately"
        for audience in audiences & kind.channels.keys()
        for channel in Channel
    )


def offered(roles: Collection[Role]) -> dict[PreferenceKey, When]:
    """Everything that people of these roles can choose, and what holds without a choice. Neither mandatory kinds nor
    those that no event causes yet."""
    found: dict[PreferenceKey, When] = {}
    for kind in KINDS.values():
        if kind.mandatory or not kind.events:
            continue
        for audience in kind.channels:
            for channel in () if _choosers(kind, audience).isdisjoint(roles) else Channel:
                key = _key(kind, audience, channel)
                if found.get(key) != "immediately":
                    found[key] = _when(kind, audience, channel, {}, {})
    return found


def _choosers(kind: type[NotificationKind], audience: Audience) -> frozenset[Role]:
    """Staff who are also the requester choose for these tickets together with those that they answer. They have a
    choice of its own where the kind has none for the latter, except for receipts, which staff do not receive."""
    roles = _CHOOSERS.get(audience, frozenset(STAFF_ROLES))
    if audience == Audience.REQUESTER and not kind.confirms_own_act:
        others = kind.channels.keys() - {audience}
        if all(scope_of(other) != Scope.MINE for other in others):
            return roles | STAFF_ROLES
    return roles


def _when(kind: type[NotificationKind], audience: Audience, channel: Channel, own: Choices, defaults: Choices) -> When:
    standard: When = "immediately" if channel in kind.channels[audience] else "never"
    if kind.mandatory:
        return standard
    key = _key(kind, audience, channel)
    return own.get(key) or defaults.get(key) or standard


def _key(kind: type[NotificationKind], audience: Audience, channel: Channel) -> PreferenceKey:
    return PreferenceKey(kind.name, scope_of(audience), channel)


def _audiences_of(
    person: Candidate,
    kind: type[NotificationKind],
    ticket: TicketRef | None,
    named: Mapping[Audience, Collection[UUID]],
) -> set[Audience]:
    if kind.is_about_queue:
        return {Audience.UNASSIGNED_QUEUE} if person.role in STAFF_ROLES else set()
    if ticket is None:
        return {Audience.SELF}
    audiences = {Audience.REQUESTER} if person.id == ticket.requester.id else set()
    # A former agent may still be named in a ticket, and must not read its notes.
    if person.role not in STAFF_ROLES:
        return audiences
    audiences.add(Audience.STAFF)
    if person.role == "admin":
        audiences.add(Audience.ADMINS)
    if ticket.assignee is None:
        audiences.add(Audience.UNASSIGNED_QUEUE)
    elif person.id == ticket.assignee.id:
        audiences.add(Audience.ASSIGNEE)
    return audiences | {audience for audience, ids in named.items() if person.id in ids}
