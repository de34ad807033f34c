"""Who may do what to people's accounts, and what a log-in is good for. Pure."""

from typing import Literal
from uuid import UUID

from common.errors import Forbidden
from common.events import Role
from common.token_scopes import EVERYTHING, MFA_SETUP

GrantableRole = Literal["customer", "agent", "admin"]
"""What an admin may make of somebody. Operators are made by a command."""

STAFF: frozenset[Role] = frozenset({"agent", "admin"})
"""Whom an organisation can require to use a second factor."""


def must_use_mfa(role: Role, *, required: bool) -> bool:
    """Whether a second factor is no choice of that person. `required` is the organisation's setting."""
    return required and role in STAFF


def scope_of(role: Role, *, mfa_enabled: bool, mfa_required: bool) -> str:
    """What the access tokens of a person are good for."""
    return MFA_SETUP if must_use_mfa(role, required=mfa_required) and not mfa_enabled else EVERYTHING


def require_anothers(person: UUID, by: UUID, what: str) -> None:
    """Raises Forbidden where an admin would change that of themselves: nobody takes their own rights away, by mistake
    or at a session that somebody left open."""
    if person == by:
        raise Forbidden(f"You can not change your own {what} here: another admin can.", code="own_account")


def loses_an_admin(before: Role, after: Role, *, was_active: bool, is_active: bool) -> bool:
    """Whether a change leaves the organisation with one active admin less."""
    return before == "admin" and was_active and not (after == "admin" and is_active)
