"""Who may do what with a ticket, as data. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from common.events import Role


class May(StrEnum):
    """What can be done. The names are used nowhere else than in this table and where they are asked for."""

    SEE_ALL = "see all tickets of the organisation"
    CREATE_FOR_OTHERS = "create a ticket on behalf of a customer"
    MOVE_FREELY = "set any status the workflow allows"
    MOVE_OWN = "resolve, close or reopen an own ticket"
    TRIAGE = "change priority, tags and category"
    EDIT_OWN_TEXT = "edit title and description of an own ticket"
    READ_NOTES = "read and write internal notes"


_STAFF = frozenset({May.SEE_ALL, May.CREATE_FOR_OTHERS, May.MOVE_FREELY, May.TRIAGE, May.READ_NOTES})

ACCESS: Mapping[Role, frozenset[May]] = {
    "customer": frozenset({May.MOVE_OWN, May.EDIT_OWN_TEXT}),
    "agent": _STAFF,
    "admin": _STAFF,
    "operator": frozenset(),
}


def may(role: Role, action: May) -> bool:
    """Whether people of that role may."""
    return action in ACCESS[role]
