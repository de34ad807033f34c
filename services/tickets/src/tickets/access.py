"""Who may do what with tickets, as data. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from common.errors import Forbidden
from common.events import Role


class May(StrEnum):
    """What can be done, as a refusal says it: `A customer may not …`."""

    CREATE = "open a ticket"
    CREATE_FOR_OTHERS = "open a ticket for somebody else"
    SEE_ALL = "see all tickets of the organisation"
    EDIT_OWN_TEXT = "edit title and description of a ticket"
    MOVE_OWN = "resolve, close or reopen an own ticket"
    MOVE_FREELY = "give a ticket any status"
    TRIAGE = "change priority, category and tags of a ticket"
    ASSIGN = "say who is to answer a ticket"
    READ_NOTES = "write or read internal notes"
    MENTION = "call for somebody by an @"
    DELETE = "delete or restore a ticket, or see what is deleted"
    REDACT = "blot out what a message says"


_STAFF = frozenset(
    {
        May.CREATE,
        May.CREATE_FOR_OTHERS,
        May.SEE_ALL,
        May.MOVE_FREELY,
        May.TRIAGE,
        May.ASSIGN,
        May.READ_NOTES,
        May.MENTION,
    }
)

ACCESS: Mapping[Role, frozenset[May]] = {
    "customer": frozenset({May.CREATE, May.EDIT_OWN_TEXT, May.MOVE_OWN}),
    "agent": _STAFF,
    "admin": _STAFF | {May.DELETE, May.REDACT},
    "operator": frozenset(),
}

TO_EDIT: Mapping[str, May] = {
    "title": May.EDIT_OWN_TEXT,
    "description": May.EDIT_OWN_TEXT,
    "priority": May.TRIAGE,
    "category": May.TRIAGE,
    "tags": May.TRIAGE,
}
"""What one must be allowed to, to change a field of a ticket."""


def may(role: Role, action: May) -> bool:
    """Whether people of that role may."""
    return action in ACCESS[role]


def require(role: Role, action: May) -> None:
    """Raises Forbidden where they may not."""
    if not may(role, action):
        raise Forbidden(f"{'An' if role[0] in 'ao' else 'A'} {role} may not {action}.")
