"""Commands of admins on users. A user and their sessions are changed in one transaction."""

from uuid import UUID

from auth.authority.commands import end_dependent
from auth.domain.access import forbid_own_account, removes_admin
from auth.domain.authority import AccountChange
from auth.organisation.document import Organisation
from auth.session.revocation import outdate_sessions
from auth.user.document import User
from auth.user_admin.schemas import UserChange
from common.errors import Conflict
from common.mongo import ClientSession
from common.principal import Principal


async def change_user(id_: UUID, change: UserChange, by: Principal, expected: int | None) -> User:
    """Raises NotFound, Forbidden, Conflict, PreconditionFailed."""

    async def apply(user: User, session: ClientSession) -> User:
        role = change.role or user.role
        active = user.active if change.active is None else change.active
        if role != user.role:
            forbid_own_account(user.id, by.user_id, "role")
            if role != "customer" and not user.email_verified:
                raise Conflict(
                    "The email address of this user is not confirmed. Invite the address with the role instead.",
                    code="email_not_verified",
                )
            await outdate_sessions(user.id, session)
            await end_dependent(user, AccountChange.ROLE_CHANGED, by.actor, session)
        if active != user.active:
            forbid_own_account(user.id, by.user_id, "account's state")
        if removes_admin(user.role, role, was_active=user.active, is_active=active):
            await _require_another_admin(user, session)
        user.edit(by.actor, name=change.name, role=change.role)
        if active and not user.active:
            user.reactivate(by.actor)
        if user.active and not active:
            user.deactivate(by.actor)
            await end_dependent(user, AccountChange.DEACTIVATED, by.actor, session)
        return user

    return await User.modify_in_transaction(id_, by, apply, expected=expected)


async def disable_mfa(id_: UUID, by: Principal) -> None:
    """For users who lost their app and their recovery codes. Revokes their sessions. Raises NotFound, Forbidden."""

    async def apply(user: User, session: ClientSession) -> None:
        forbid_own_account(user.id, by.user_id, "second factor")
        if user.mfa_enabled:
            user.disable_mfa(by.actor)
            await end_dependent(user, AccountChange.MFA_REMOVED, by.actor, session)

    await User.modify_in_transaction(id_, by, apply)


async def unlock(id_: UUID, by: Principal) -> User:
    """Raises NotFound."""
    return await User.modify(id_, by, lambda user: user.unlock(by.actor))


async def _require_another_admin(user: User, session: ClientSession) -> None:
    """Raises Conflict for the last active admin. Two admins who remove each other at the same time conflict: both
    transactions write the organisation."""
    increment = {"$inc": {"admin_changes": 1}}
    await Organisation.get_pymongo_collection().update_one({"_id": user.organisation_id}, increment, session=session)
    others = {"organisation_id": user.organisation_id, "role": "admin", "active": True, "_id": {"$ne": user.id}}
    if await User.find_one(others, session=session) is None:
        raise Conflict("This is the last active admin. Make another user an admin first.", code="last_admin")
