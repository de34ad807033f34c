"""From an event to notification intents: what to notify of, and in which context. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from common import notification_kinds as kinds
from common.audiences import Audience
from common.events import Envelope, Event, PersonRef, auth, tickets
from common.notification_kinds import NotificationKind


@dataclass(frozen=True)
class NotificationIntent:
    """A notification before policy.py decides who receives it: those related to `ticket`, or `person_id`.

    `named` are the people that only the event knows, by audience.
    """

    context: NotificationKind
    ticket: tickets.TicketRef | None = None
    person_id: UUID | None = None
    named: Mapping[Audience, frozenset[UUID]] = field(default_factory=dict)

    @property
    def kind(self) -> type[NotificationKind]:
        return type(self.context)

    @property
    def involved(self) -> frozenset[UUID]:
        """The people who must be known before recipients can be selected."""
        if self.ticket is not None:
            refs = (self.ticket.requester, self.ticket.assignee)
            return frozenset(person.id for person in refs if person is not None).union(*self.named.values())
        return frozenset({self.person_id} if self.person_id is not None else ())


def _registered(event: auth.UserRegistered, _: Envelope) -> list[NotificationIntent]:
    return [NotificationIntent(kinds.Welcome(), person_id=event.person.id)]


def _password_changed(event: auth.PasswordChanged, envelope: Envelope) -> list[NotificationIntent]:
    context = kinds.PasswordChanged(at=envelope.time, ip=envelope.ip, user_agent=envelope.user_agent)
    return [NotificationIntent(context, person_id=event.user_id)]


def _session_started(event: auth.SessionStarted, envelope: Envelope) -> list[NotificationIntent]:
    if not event.new_device:
        return []
    context = kinds.NewSignIn(at=envelope.time, ip=envelope.ip, user_agent=envelope.user_agent)
    return [NotificationIntent(context, person_id=event.user_id)]


def _login_failed_repeatedly(event: auth.LoginFailedRepeatedly, envelope: Envelope) -> list[NotificationIntent]:
    context = kinds.FailedLogins(at=envelope.time, ip=envelope.ip, user_agent=envelope.user_agent)
    return [NotificationIntent(context, person_id=event.user_id)]


def _ticket_created(event: tickets.TicketCreated, _: Envelope) -> list[NotificationIntent]:
    return [NotificationIntent(kinds.TicketCreated(body=event.description), event.ticket)]


def _assigned(event: tickets.TicketAssigned, _: Envelope) -> list[NotificationIntent]:
    assigned = NotificationIntent(kinds.Assigned(assignee=event.after.name), event.ticket)
    if event.before is None or event.before.id == event.after.id:
        return [assigned]
    return [assigned, _relieved(event.ticket, event.before)]


def _unassigned(event: tickets.TicketUnassigned, _: Envelope) -> list[NotificationIntent]:
    return [_relieved(event.ticket, event.before)]


def _status_changed(event: tickets.TicketStatusChanged, _: Envelope) -> list[NotificationIntent]:
    # A message or an assignment that changes the status causes a notification of its own.
    if event.reason in ("reply", "assignment") or event.message_id is not None:
        return []
    return [NotificationIntent(kinds.StatusChanged(before=event.before, after=event.after), event.ticket)]


def _message_posted(event: tickets.MessagePosted, _: Envelope) -> list[NotificationIntent]:
    kind = kinds.Replied if event.visibility == "public" else kinds.Noted
    posted = NotificationIntent(kind(body=event.body), event.ticket)
    if not event.mentions:
        return [posted]
    named = {Audience.MENTIONED: frozenset(person.id for person in event.mentions)}
    return [NotificationIntent(kinds.Mentioned(body=event.body), event.ticket, named=named), posted]


def _escalated(event: tickets.TicketEscalated, _: Envelope) -> list[NotificationIntent]:
    return [NotificationIntent(kinds.Escalated(since=event.created_at), event.ticket)]


def _relieved(ticket: tickets.TicketRef, person: PersonRef) -> NotificationIntent:
    named = {Audience.FORMER_ASSIGNEE: frozenset({person.id})}
    return NotificationIntent(kinds.Unassigned(former_assignee=person.name), ticket, named=named)


INTENTS: Mapping[type[Event], Callable[[Any, Envelope], Sequence[NotificationIntent]]] = {
    auth.UserRegistered: _registered,
    auth.PasswordChanged: _password_changed,
    auth.SessionStarted: _session_started,
    auth.LoginFailedRepeatedly: _login_failed_repeatedly,
    tickets.TicketCreated: _ticket_created,
    tickets.TicketAssigned: _assigned,
    tickets.TicketUnassigned: _unassigned,
    tickets.TicketStatusChanged: _status_changed,
    tickets.MessagePosted: _message_posted,
    tickets.TicketEscalated: _escalated,
}
"""The intents of each event, most specific first: a person receives only the first one that reaches them."""
