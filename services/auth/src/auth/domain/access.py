"""Who may change an account, and the scope of access tokens."""

from typing import Literal
from uuid import UUID

from common.errors import Forbidden
from common.events import Role
from common.token_scopes import EVERYTHING, MFA_SETUP

GrantableRole = Literal["customer", "agent", "admin"]
"""The roles that an admin can grant. Operators are created by a command."""


def requires_mfa(role: Role, *, required: bool) -> bool:
    """Whether a user of that role must use a second factor. `required` is the organisation's setting."""
    return required and role != "customer"


def token_scope(role: Role, *, mfa_enabled: bool, mfa_required: bool) -> str:
    """The scope of a user's access tokens (common/token_scopes.py)."""
    return MFA_SETUP if requires_mfa(role, required=mfa_required) and not mfa_enabled else EVERYTHING


def forbid_own_account(user_id: UUID, by: UUID, what: str) -> None:
    """Raises Forbidden where admins would change their own account: nobody removes their own rights, by mistake or
    from a session that was left open."""
    if user_id == by:
        raise Forbidden(f"You cannot change your own {what}. Another admin can.", code="own_account")


def removes_admin(before: Role, after: Role, *, was_active: bool, is_active: bool) -> bool:
    """Whether a change leaves the organisation with one active admin less."""
    return before == "admin" and was_active and not (after == "admin" and is_active)
