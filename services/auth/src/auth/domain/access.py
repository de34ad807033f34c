"""Who may change an account, and the scope of access tokens."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal, get_args
from uuid import UUID

from common.errors import Forbidden
from common.events import Role
from common.token_scopes import EVERYTHING, MFA_SETUP

GrantableRole = Literal["customer", "agent", "admin"]
"""The roles that an admin can grant, least first. Operators are created by a command."""


_RANKS: Sequence[Role] = get_args(GrantableRole)
_GRANTED_BY: Mapping[Role, Collection[Role]] = {"admin": _RANKS, "operator": {"admin"}}


def may_grant(granter: Role, role: Role) -> bool:
    """Whether a user of the role `granter` may invite somebody with `role`."""
    return role in _GRANTED_BY.get(granter, ())


def raises_role(before: Role, after: GrantableRole) -> bool:
    """Whether `after` may do more."""
    return before in _RANKS and _RANKS.index(after) > _RANKS.index(before)


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
