"""What the audit trail stores of each event, and who sees it in the history of a ticket, as data.

Fields without a row are not stored: neither sealed tokens nor message bodies, so a redacted text is nowhere in the
trail.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from common.events import EVENTS, STAFF_ROLES, Envelope, Event, Role, auth, mailer, notifications, tickets

Data = Mapping[str, Any]
"""The data of an event, as JSON values."""
Fields = dict[str, Any]
Audience = Literal["customer", "staff", "admin"]
Change = tuple[Fields | None, Fields | None]
"""The changed fields before and after; None where there is no such state, or none is stored."""


def field_changes(data: Data) -> Change:
    """For an event with `changes`."""
    listed: Mapping[str, Data] = data["changes"]
    return {n: each["before"] for n, each in listed.items()}, {n: each["after"] for n, each in listed.items()}


def snapshot(*paths: str) -> Callable[[Data], Change]:
    """For something new: these fields of the event; `a.b` is the field b of a."""

    def change(data: Data) -> Change:
        return None, {path.rpartition(".")[2]: _at(data, path) for path in paths}

    return change


def before_after(field: str) -> Callable[[Data], Change]:
    """For an event with `before` and, unless the value was removed, `after`."""
    return lambda data: ({field: data["before"]}, {field: data.get("after")})


def _unassignment(data: Data) -> Change:
    return {"assignee": data["before"]}, {"assignee": None, "reason": data["reason"]}


def flag(field: str, *, to: bool) -> Callable[[Data], Change]:
    """For an event that sets or clears one state."""
    return lambda _data: ({field: not to}, {field: to})


def _at(data: Data, path: str) -> Any:
    first, _, rest = path.partition(".")
    return _at(data[first], rest) if rest else data[first]


@dataclass(frozen=True)
class AuditAction:
    """`entity` is the type of the entity concerned. Its id is the aggregate's, or is in the event's `entity_field`.

    `history` names the least privileged people who see the event in the history of its ticket; None: nobody does.
    """

    entity: str
    change: Callable[[Data], Change]
    entity_field: str | None = None
    history: Audience | None = None


def _of_user(change: Callable[[Data], Change]) -> AuditAction:
    return AuditAction("user", change, entity_field="user_id")


def _of_ticket(change: Callable[[Data], Change], history: Audience) -> AuditAction:
    return AuditAction("ticket", change, history=history)


AUDITED: Mapping[type[Event], AuditAction] = {
    auth.OrganisationCreated: AuditAction("organisation", snapshot("slug", "name")),
    auth.OrganisationUpdated: AuditAction("organisation", field_changes),
    auth.OrganisationSuspended: AuditAction("organisation", flag("suspended", to=True)),
    auth.OrganisationReinstated: AuditAction("organisation", flag("suspended", to=False)),
    auth.UserRegistered: AuditAction("user", snapshot("person.email", "person.name", "person.role")),
    auth.ContactClaimed: _of_user(lambda _data: (None, None)),
    auth.UserUpdated: AuditAction("user", field_changes),
    auth.UserDeactivated: AuditAction("user", flag("active", to=False)),
    auth.UserReactivated: AuditAction("user", flag("active", to=True)),
    auth.SessionStarted: AuditAction("session", snapshot("user_id", "new_device")),
    auth.SessionEnded: AuditAction("session", snapshot("user_id")),
    auth.SessionRevoked: AuditAction("session", snapshot("user_id", "reason")),
    auth.LoginFailed: _of_user(snapshot("reason")),
    auth.LoginFailedRepeatedly: _of_user(snapshot("failures")),
    auth.UserUnlocked: _of_user(flag("locked", to=False)),
    auth.PasswordChanged: _of_user(snapshot("method")),
    auth.PasswordResetRequested: _of_user(snapshot("expires_at")),
    auth.EmailVerificationRequested: _of_user(snapshot("expires_at")),
    auth.EmailChangeRequested: _of_user(snapshot("email", "expires_at")),
    auth.EmailChangeCancelled: _of_user(snapshot("email", "method")),
    auth.MfaEnabled: _of_user(flag("mfa", to=True)),
    auth.MfaDisabled: _of_user(flag("mfa", to=False)),
    auth.RecoveryCodeUsed: _of_user(snapshot("remaining")),
    auth.RecoveryCodesRenewed: _of_user(lambda _data: (None, None)),
    auth.InvitationCreated: AuditAction("invitation", snapshot("email", "name", "role", "expires_at")),
    auth.InvitationRevoked: AuditAction("invitation", snapshot("email")),
    tickets.TicketCreated: _of_ticket(
        snapshot("ticket.title", "ticket.requester", "ticket.priority", "category", "tags", "follow_up_of"),
        "customer",
    ),
    tickets.TicketEdited: _of_ticket(field_changes, "customer"),
    tickets.TicketStatusChanged: _of_ticket(before_after("status"), "customer"),
    tickets.TicketAssigned: _of_ticket(before_after("assignee"), "customer"),
    tickets.TicketUnassigned: _of_ticket(_unassignment, "customer"),
    tickets.TicketEscalated: _of_ticket(flag("escalated", to=True), "customer"),
    tickets.TicketDeleted: _of_ticket(flag("deleted", to=True), "staff"),
    tickets.TicketRestored: _of_ticket(flag("deleted", to=False), "staff"),
    tickets.MessagePosted: _of_ticket(snapshot("message_id", "visibility", "channel", "is_only_thanks"), "customer"),
    tickets.MessageRedacted: _of_ticket(snapshot("message_id", "visibility"), "customer"),
    tickets.AttachmentAdded: _of_ticket(
        # Not the name: redacting the message removes it.
        snapshot("attachment.id", "attachment.media_type", "attachment.size", "message_id", "visibility"),
        "customer",
    ),
    tickets.OffboardingCompleted: AuditAction("user", snapshot("person", "ticket_count")),
    tickets.SettingsUpdated: AuditAction("settings", field_changes),
    tickets.ExportStarted: AuditAction("export", snapshot("content", "criteria")),
    notifications.PreferencesUpdated: AuditAction("preferences", field_changes),
    mailer.EmailRetried: AuditAction("email", snapshot("recipient_id")),
    mailer.EmailMarkedSent: AuditAction("email", snapshot("recipient_id")),
    mailer.SuppressionAdded: AuditAction("suppression", snapshot("email", "reason")),
    mailer.SuppressionRemoved: AuditAction("suppression", snapshot("email")),
    **dict.fromkeys(
        # Every service has them.
        (event for event in EVENTS.values() if event.aggregate == "dead letter action"),
        AuditAction(
            "dead_letter",
            snapshot("dead_letter.service", "dead_letter.sequence", "dead_letter.event_type", "dead_letter.event_id"),
        ),
    ),
}
"""Every event that a person or a deadline caused in an organisation."""


def visible_types(role: Role) -> list[str]:
    """The types of the events that the role sees in the history of a ticket, sorted. Customers never see those whose
    `visibility` is `internal`."""
    seen = {"customer"} | ({"staff"} if role in STAFF_ROLES else set()) | ({"admin"} if role == "admin" else set())
    return sorted(event.type for event, action in AUDITED.items() if action.history in seen)


def audit_entry(event: Event, envelope: Envelope) -> dict[str, Any]:
    """The entry as stored. Its id follows from the event, so that a repeated event adds none."""
    action, data = AUDITED[type(event)], event.model_dump(mode="json")
    before, after = action.change(data)
    return {
        "_id": envelope.deduplication_id,
        "organisation_id": envelope.organisation_id,
        "occurred_at": envelope.time,
        "actor": envelope.actor.model_dump() if envelope.actor else None,
        "action": envelope.action,
        "entity": _entity(action, data, envelope),
        "before": before,
        "after": after,
        "ip": envelope.ip,
        "user_agent": envelope.user_agent,
        "request_id": envelope.causation_id,
    }


def _entity(action: AuditAction, data: Data, envelope: Envelope) -> Fields:
    if action.entity_field is None:
        return {"type": action.entity, "id": envelope.aggregate_id}
    if entity_id := data[action.entity_field]:
        return {"type": action.entity, "id": UUID(entity_id)}
    # A login to an unknown account concerns no entity but itself.
    return {"type": envelope.action.partition(".")[0], "id": envelope.aggregate_id}
