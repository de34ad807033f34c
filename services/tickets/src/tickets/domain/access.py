"""What each role may do with tickets, as data."""

from collections.abc import Mapping
from enum import StrEnum

from common.errors import Forbidden
from common.events import Role


class Permission(StrEnum):
    """The value completes a sentence such as `Customers cannot …`."""

    CREATE = "open tickets"
    CREATE_FOR_OTHERS = "open tickets for other people"
    SEE_ALL = "see all tickets of the organisation"
    EDIT_TEXT = "edit the title or the description of tickets"
    CHANGE_OWN_STATUS = "resolve, close or reopen their own tickets"
    CHANGE_STATUS = "set any status that the workflow allows"
    TRIAGE = "change the priority, category or tags of tickets"
    ASSIGN = "assign tickets"
    ACCESS_NOTES = "read or write internal notes"
    MENTION = "mention colleagues"
    DELETE = "delete, restore or list deleted tickets"
    REDACT = "redact messages"


_STAFF = frozenset(
    {
        Permission.CREATE,
        Permission.CREATE_FOR_OTHERS,
        Permission.SEE_ALL,
        Permission.CHANGE_STATUS,
        Permission.TRIAGE,
        Permission.ASSIGN,
        Permission.ACCESS_NOTES,
        Permission.MENTION,
    }
)

ACCESS: Mapping[Role, frozenset[Permission]] = {
    "customer": frozenset({Permission.CREATE, Permission.EDIT_TEXT, Permission.CHANGE_OWN_STATUS}),
    "agent": _STAFF,
    "admin": _STAFF | {Permission.DELETE, Permission.REDACT},
    "operator": frozenset(),
}


def is_allowed(role: Role, permission: Permission) -> bool:
    return permission in ACCESS[role]


def require_permission(role: Role, permission: Permission) -> None:
    """Raises Forbidden."""
    if not is_allowed(role, permission):
        raise Forbidden(f"{role.capitalize()}s cannot {permission}.")
