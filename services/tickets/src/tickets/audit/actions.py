"""What the audit trail tells of each event, as data. Pure.

What is not named here is not told: no sealed token, and of a message never what it says, so that a message that was
blotted out is nowhere in the trail.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from common.events import Envelope, Event, auth, mailer, notifications, tickets

Data = Mapping[str, Any]
"""An event, in JSON values."""
Fields = dict[str, Any]
Change = tuple[Fields | None, Fields | None]
"""Before and after, of the fields that changed; None where there was nothing, or there is nothing to tell."""


def changes(data: Data) -> Change:
    """Of an event that lists them."""
    listed: Mapping[str, Data] = data["changes"]
    return {n: each["before"] for n, each in listed.items()}, {n: each["after"] for n, each in listed.items()}


def told(*paths: str) -> Callable[[Data], Change]:
    """Of something new: these fields of the event, `a.b` for b of a."""

    def change(data: Data) -> Change:
        return None, {path.rpartition(".")[2]: _at(data, path) for path in paths}

    return change


def moved(field: str) -> Callable[[Data], Change]:
    """Of an event that has a before and an after of one thing. Without an after it is gone."""
    return lambda data: ({field: data["before"]}, {field: data.get("after")})


def turned(field: str, *, on: bool) -> Callable[[Data], Change]:
    """Of an event that says no more than that something is so now, or not so any more."""
    return lambda _data: ({field: not on}, {field: on})


def _at(data: Data, path: str) -> Any:
    first, _, rest = path.partition(".")
    return _at(data[first], rest) if rest else data[first]


@dataclass(frozen=True)
class Action:
    """`entity` is what kind of thing it was done to: the aggregate, or where there is one what the field `named_by`
    names."""

    entity: str
    change: Callable[[Data], Change]
    named_by: str | None = None


def _of_user(change: Callable[[Data], Change]) -> Action:
    return Action("user", change, named_by="user_id")


AUDITED: Mapping[type[Event], Action] = {
    auth.OrganisationCreated: Action("organisation", told("slug", "name")),
    auth.OrganisationUpdated: Action("organisation", changes),
    auth.OrganisationSuspended: Action("organisation", turned("suspended", on=True)),
    auth.OrganisationReinstated: Action("organisation", turned("suspended", on=False)),
    auth.UserRegistered: Action("user", told("person.email", "person.name", "person.role")),
    auth.UserUpdated: Action("user", changes),
    auth.UserDeactivated: Action("user", turned("active", on=False)),
    auth.UserReactivated: Action("user", turned("active", on=True)),
    auth.SessionStarted: Action("session", told("user_id", "new_device")),
    auth.SessionEnded: Action("session", told("user_id")),
    auth.SessionRevoked: Action("session", told("user_id", "reason")),
    auth.LoginFailed: _of_user(told("reason")),
    auth.PasswordChanged: _of_user(told("method")),
    auth.PasswordResetRequested: _of_user(told("expires_at")),
    auth.EmailVerificationRequested: _of_user(told("expires_at")),
    auth.MfaEnabled: _of_user(turned("mfa", on=True)),
    auth.MfaDisabled: _of_user(turned("mfa", on=False)),
    auth.InvitationCreated: Action("invitation", told("email", "name", "role", "expires_at")),
    auth.InvitationRevoked: Action("invitation", told("email")),
    tickets.TicketCreated: Action(
        "ticket", told("ticket.title", "ticket.requester", "ticket.priority", "category", "tags", "follow_up_of")
    ),
    tickets.TicketEdited: Action("ticket", changes),
    tickets.TicketStatusChanged: Action("ticket", moved("status")),
    tickets.TicketAssigned: Action("ticket", moved("assignee")),
    tickets.TicketUnassigned: Action("ticket", moved("assignee")),
    tickets.TicketEscalated: Action("ticket", turned("escalated", on=True)),
    tickets.TicketDeleted: Action("ticket", turned("deleted", on=True)),
    tickets.TicketRestored: Action("ticket", turned("deleted", on=False)),
    tickets.MessagePosted: Action("ticket", told("message_id", "visibility", "channel")),
    tickets.MessageRedacted: Action("ticket", told("message_id", "visibility")),
    tickets.AttachmentAdded: Action(
        "ticket",
        # Not its name, which a redaction takes away with the file.
        told("attachment.id", "attachment.media_type", "attachment.size", "message_id", "visibility"),
    ),
    tickets.SettingsUpdated: Action("settings", changes),
    notifications.PreferencesUpdated: Action("preferences", changes),
    mailer.EmailRetried: Action("email", told("recipient_id")),
    mailer.SuppressionAdded: Action("suppression", told("email", "reason")),
    mailer.SuppressionRemoved: Action("suppression", told("email")),
}
"""Every event that somebody, or time, caused in an organisation."""


def entry_of(event: Event, envelope: Envelope) -> dict[str, Any]:
    """What is kept of it, as a document: its id is the event's, so it is kept once."""
    action, data = AUDITED[type(event)], event.model_dump(mode="json")
    before, after = action.change(data)
    return {
        "_id": envelope.id,
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


def _entity(action: Action, data: Data, envelope: Envelope) -> Fields:
    if action.named_by is None:
        return {"type": action.entity, "id": envelope.aggregate_id}
    if named := data[action.named_by]:
        return {"type": action.entity, "id": UUID(named)}
    # A log-in to no account is an attempt and nothing else.
    return {"type": envelope.action.partition(".")[0], "id": envelope.aggregate_id}
