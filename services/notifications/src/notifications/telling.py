"""What there is to tell of an event: of which kind, about whom or what, and what a mail about it needs. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from common import clock
from common.events import Envelope, Event
from common.events.auth import (
    EmailVerificationRequested,
    InvitationCreated,
    PasswordChanged,
    PasswordResetRequested,
    SessionStarted,
    UserRegistered,
)
from common.events.notifications import Kind, Recipient
from common.events.tickets import (
    MessagePosted,
    TicketAssigned,
    TicketCreated,
    TicketEscalated,
    TicketRef,
    TicketStatusChanged,
    TicketUnassigned,
)


@dataclass(frozen=True)
class Telling:
    """Who is told is up to policy.py: those whom `ticket` concerns and `named`, or `person_id`, or `newcomer`, who is
    nobody's account yet. `context` is for the mail's template; `sealed_token` and `expires_at` are of its link, and
    `address`, where given, is where it goes instead of the account's own."""

    kind: Kind
    ticket: TicketRef | None = None
    person_id: UUID | None = None
    newcomer: Recipient | None = None
    named: frozenset[UUID] = frozenset()
    context: Mapping[str, Any] = field(default_factory=dict)
    sealed_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    address: str | None = None

    @property
    def concerned(self) -> frozenset[UUID]:
        """Those who must be known before anything can be decided."""
        if self.ticket is not None:
            refs = (self.ticket.requester, self.ticket.assignee)
            return self.named | {person.id for person in refs if person is not None}
        return frozenset({self.person_id} if self.person_id is not None else ())


def tellings(event: Event, envelope: Envelope) -> list[Telling]:
    """In this order: a person is told of one event once, by the first of these that reaches them."""
    match event:
        case UserRegistered(person=person):
            return [Telling("welcome", person_id=person.id)]
        case EmailVerificationRequested():
            return [_with_link("verify_email", event, address=event.email)]
        case PasswordResetRequested():
            return [_with_link("password_reset", event, ip=envelope.ip)]
        case PasswordChanged():
            return [Telling("password_changed", person_id=event.user_id, context=_from_where(envelope))]
        case SessionStarted(new_device=True):
            return [Telling("new_sign_in", person_id=event.user_id, context=_from_where(envelope))]
        case InvitationCreated():
            return [_invitation(event, envelope)]
        case TicketCreated():
            return [Telling("ticket_created", ticket=event.ticket, context={"body": event.description})]
        case TicketAssigned(before=before) if before is not None and before.id != event.after.id:
            return [Telling("assigned", ticket=event.ticket), _relieved(event.ticket, before.id)]
        case TicketAssigned():
            return [Telling("assigned", ticket=event.ticket)]
        case TicketUnassigned():
            return [_relieved(event.ticket, event.before.id)]
        # The message or the assignment that moved it is told of; twice for one act would be once too often.
        case TicketStatusChanged(reason="manual" | "inactivity", message_id=None):
            moved = {"before": event.before, "after": event.after}
            return [Telling("status_changed", ticket=event.ticket, context=moved)]
        case MessagePosted():
            return _message(event)
        case TicketEscalated():
            since = {"since": clock.rfc3339(event.created_at)}
            return [Telling("escalated", ticket=event.ticket, context=since)]
    return []


def _message(event: MessagePosted) -> list[Telling]:
    context = {"body": event.body}
    posted = Telling("replied" if event.visibility == "public" else "noted", ticket=event.ticket, context=context)
    if not event.mentions:
        return [posted]
    named = frozenset(person.id for person in event.mentions)
    return [Telling("mentioned", ticket=event.ticket, named=named, context=context), posted]


def _relieved(ticket: TicketRef, person_id: UUID) -> Telling:
    return Telling("unassigned", ticket=ticket, named=frozenset({person_id}))


def _with_link(
    kind: Kind,
    event: EmailVerificationRequested | PasswordResetRequested,
    *,
    address: str | None = None,
    **context: Any,
) -> Telling:
    return Telling(
        kind,
        person_id=event.user_id,
        context=context,
        sealed_token=event.sealed_token,
        expires_at=event.expires_at,
        address=address,
    )


def _invitation(event: InvitationCreated, envelope: Envelope) -> Telling:
    return Telling(
        "invitation",
        newcomer=Recipient(id=envelope.aggregate_id, email=event.email, name=event.name, locale=event.locale),
        context={"organisation": event.organisation, "inviter": event.invited_by.name},
        sealed_token=event.sealed_token,
        expires_at=event.expires_at,
    )


def _from_where(envelope: Envelope) -> dict[str, Any]:
    return {"at": clock.rfc3339(envelope.time), "ip": envelope.ip, "user_agent": envelope.user_agent}
