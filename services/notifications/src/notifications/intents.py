"""From an event to notification intents: what to notify of, and in which context. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from common import notification_kinds as kinds
from common.audiences import Audience
from common.events import STAFF_ROLES, Envelope, Event, PersonRef, auth, tickets
from common.notification_kinds import NotificationKind

_SELF = frozenset({Audience.SELF})


@dataclass(frozen=True)
class NotificationIntent:
    """A notification before policy.py decides who receives it: those related to `ticket`, or `person_id`.

    `named` are the people that only the event knows, by audience. `address` replaces the account's own address, and
    `copy_to` is another one that receives the email too. `to_unproved` are the audiences that receive the email at an
    address that is not verified.
    """

    context: NotificationKind
    ticket: tickets.TicketRef | None = None
    person_id: UUID | None = None
    named: Mapping[Audience, frozenset[UUID]] = field(default_factory=dict)
    address: str | None = None
    copy_to: str | None = None
    to_unproved: frozenset[Audience] = frozenset()
    title: str | None = None
    """Where there is no ticket, and the notification is not titled with the name of its recipient."""
    ticket_count: int | None = None

    @property
    def kind(self) -> type[NotificationKind]:
        return type(self.context)

    @property
    def person_name(self) -> str | None:
        """The person to whom the event happened, where the kind names one."""
        return getattr(self.context, self.kind.person_field) if self.kind.person_field else None

    @property
    def is_unassigned(self) -> bool:
        """Whether it is about tickets without an assignee."""
        return self.ticket.assignee is None if self.ticket is not None else self.kind.is_about_queue

    @property
    def involved(self) -> frozenset[UUID]:
        """The people who must be known before recipients can be selected."""
        if self.ticket is not None:
            refs = (self.ticket.requester, self.ticket.assignee)
            return frozenset(person.id for person in refs if person is not None).union(*self.named.values())
        return frozenset({self.person_id} if self.person_id is not None else ())


def _registered(event: auth.UserRegistered, _: Envelope) -> list[NotificationIntent]:
    return [NotificationIntent(kinds.Welcome(is_staff=event.person.role in STAFF_ROLES), person_id=event.person.id)]


def _email_change_cancelled(event: auth.EmailChangeCancelled, envelope: Envelope) -> list[NotificationIntent]:
    return [replace(_of_account(kinds.EmailChangeCancelled, event.user_id, envelope), to_unproved=_SELF)]


def _security_change(
    kind: type[NotificationKind], **names: str
) -> Callable[[Any, Envelope], Sequence[NotificationIntent]]:
    """`names` maps a field of the kind to a field of the event."""

    def intents(event: Any, envelope: Envelope) -> list[NotificationIntent]:
        fields = {field: getattr(event, name) for field, name in names.items()}
        return [_of_account(kind, event.user_id, envelope, fields)]

    return intents


def _email_changed(event: auth.EmailChanged, envelope: Envelope) -> list[NotificationIntent]:
    intent = _of_account(kinds.EmailChanged, event.user_id, envelope)
    # Not the account's address, which the event about the person may not have brought here yet.
    return [replace(intent, address=event.after, copy_to=event.before, to_unproved=_SELF)]


def _email_restored(event: auth.EmailRestored, envelope: Envelope) -> list[NotificationIntent]:
    intent = _of_account(kinds.EmailRestored, event.user_id, envelope)
    # Not the account's address, which the event about the person may not have brought here yet.
    return [replace(intent, address=event.after)]


def _user_updated(event: auth.UserUpdated, envelope: Envelope) -> list[NotificationIntent]:
    if "role" not in event.changes:
        return []
    return [_of_account(kinds.RoleChanged, event.person.id, envelope, {"role": event.person.role})]


def _of_account(
    kind: type[NotificationKind], user_id: UUID, envelope: Envelope, fields: Mapping[str, Any] | None = None
) -> NotificationIntent:
    by = envelope.actor.name if envelope.actor and envelope.actor.id != user_id else None
    origin = {} if by else {"ip": envelope.ip, "user_agent": envelope.user_agent}
    context = kind.model_validate({"at": envelope.time, "by": by, **origin, **(fields or {})})
    return NotificationIntent(context, person_id=user_id)


def _session_started(event: auth.SessionStarted, envelope: Envelope) -> list[NotificationIntent]:
    if not event.new_device:
        return []
    context = kinds.NewSignIn(at=envelope.time, ip=envelope.ip, user_agent=envelope.user_agent)
    return [NotificationIntent(context, person_id=event.user_id)]


def _login_failed_repeatedly(event: auth.LoginFailedRepeatedly, envelope: Envelope) -> list[NotificationIntent]:
    context = kinds.FailedLogins(
        at=envelope.time,
        ip=envelope.ip,
        user_agent=envelope.user_agent,
        password_was_right=event.password_was_right,
    )
    return [NotificationIntent(context, person_id=event.user_id)]


def _ticket_created(event: tickets.TicketCreated, envelope: Envelope) -> list[NotificationIntent]:
    if event.follow_up_of is not None:
        return []  # the reply that opened it causes the notifications (docs/decisions/0044)
    created = kinds.TicketCreated(body=event.description)
    opened = NotificationIntent(created, event.ticket, to_unproved=_requester_if_staff(envelope))
    return [*_receipt(event.ticket, envelope), opened]


def _receipt(ticket: tickets.TicketRef, envelope: Envelope) -> list[NotificationIntent]:
    """For customers who opened the ticket themselves."""
    is_own = envelope.actor is not None and envelope.actor.id == ticket.requester.id
    return [NotificationIntent(kinds.TicketReceived(), ticket)] if is_own and not _is_by_staff(envelope) else []


def _assigned(event: tickets.TicketAssigned, _: Envelope) -> list[NotificationIntent]:
    assigned = NotificationIntent(kinds.Assigned(assignee=event.after.name), event.ticket)
    if event.before is None or event.before.id == event.after.id:
        return [assigned]
    return [assigned, _relieved(event.ticket, event.before)]


def _unassigned(event: tickets.TicketUnassigned, _: Envelope) -> list[NotificationIntent]:
    # All tickets of somebody who left are one notification.
    return [] if event.reason == "assignee_left" else [_relieved(event.ticket, event.before)]


def _offboarding_completed(event: tickets.OffboardingCompleted, _: Envelope) -> list[NotificationIntent]:
    name, count = event.person.name, event.ticket_count
    context = kinds.TicketsUnassigned(former_assignee=name, ticket_count=count)
    return [NotificationIntent(context, title=name, ticket_count=count)]


def _status_changed(event: tickets.TicketStatusChanged, envelope: Envelope) -> list[NotificationIntent]:
    # A message or an assignment that changes the status causes a notification of its own.
    if event.reason in ("reply", "assignment") or event.message_id is not None:
        return []
    context = kinds.StatusChanged(before=event.before, after=event.after)
    to_unproved = _requester_if_staff(envelope) if event.after == "resolved" else frozenset[Audience]()
    return [NotificationIntent(context, event.ticket, to_unproved=to_unproved)]


def _message_posted(event: tickets.MessagePosted, envelope: Envelope) -> list[NotificationIntent]:
    intents = []
    files = tuple(kinds.File(name=file.name, size=file.size) for file in event.attachments)
    if event.follow_up_of is not None:
        intents += _receipt(event.ticket, envelope)
    if event.mentions:
        named = {Audience.MENTIONED: frozenset(person.id for person in event.mentions)}
        intents.append(NotificationIntent(kinds.Mentioned(body=event.body, files=files), event.ticket, named=named))
    posted: kinds.Replied | kinds.Noted = (
        kinds.Replied(body=event.body, files=files, opens_ticket=event.follow_up_of is not None)
        if event.visibility == "public"
        else kinds.Noted(body=event.body, files=files)
    )
    intents.append(NotificationIntent(posted, event.ticket, to_unproved=_requester_if_staff(envelope)))
    if event.follow_up_of is not None:  # for those who chose to hear of new tickets and not of replies
        intents.append(NotificationIntent(kinds.TicketCreated(body=event.body), event.ticket))
    return intents


def _escalated(event: tickets.TicketEscalated, _: Envelope) -> list[NotificationIntent]:
    return [NotificationIntent(kinds.Escalated(since=event.waiting_since), event.ticket)]


def _requester_if_staff(envelope: Envelope) -> frozenset[Audience]:
    """Staff who write to a requester know where it goes."""
    return frozenset({Audience.REQUESTER}) if _is_by_staff(envelope) else frozenset()


def _is_by_staff(envelope: Envelope) -> bool:
    return envelope.actor is not None and envelope.actor.role in STAFF_ROLES


def _relieved(ticket: tickets.TicketRef, person: PersonRef) -> NotificationIntent:
    named = {Audience.FORMER_ASSIGNEE: frozenset({person.id})}
    return NotificationIntent(kinds.Unassigned(former_assignee=person.name), ticket, named=named)


INTENTS: Mapping[type[Event], Callable[[Any, Envelope], Sequence[NotificationIntent]]] = {
    auth.UserRegistered: _registered,
    auth.PasswordChanged: _security_change(kinds.PasswordChanged),
    auth.MfaEnabled: _security_change(kinds.MfaEnabled),
    auth.MfaDisabled: _security_change(kinds.MfaDisabled),
    auth.RecoveryCodeUsed: _security_change(kinds.RecoveryCodeUsed, remaining="remaining"),
    auth.RecoveryCodesRenewed: _security_change(kinds.RecoveryCodesRenewed),
    auth.EmailChangeCancelled: _email_change_cancelled,
    auth.EmailChanged: _email_changed,
    auth.EmailRestored: _email_restored,
    auth.UserUpdated: _user_updated,
    auth.SessionStarted: _session_started,
    auth.LoginFailedRepeatedly: _login_failed_repeatedly,
    tickets.TicketCreated: _ticket_created,
    tickets.TicketAssigned: _assigned,
    tickets.TicketUnassigned: _unassigned,
    tickets.OffboardingCompleted: _offboarding_completed,
    tickets.TicketStatusChanged: _status_changed,
    tickets.MessagePosted: _message_posted,
    tickets.TicketEscalated: _escalated,
}
"""The intents of each event, most specific first: a person receives only the first one that reaches them."""
