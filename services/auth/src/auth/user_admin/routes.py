"""HTTP routes of user administration."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from auth.login.throttle import LoginThrottle
from auth.session.recent_proof import RECENT_PROOF, require_recent_proof
from auth.user.document import User
from auth.user_admin import commands, queries
from auth.user_admin.queries import UserPresenter
from auth.user_admin.schemas import UserChange, UserDetailView, UserFilter
from common.http.conditional import IfMatch
from common.http.identity import AdminUser
from common.http.paging import Page
from common.http.routing import Router
from common.suppressed_addresses import SuppressedAddresses


def routes(throttle: LoginThrottle, suppressed: SuppressedAddresses) -> Router:
    router = Router(prefix="/users", tags=["users"])
    presenter = UserPresenter(throttle, suppressed)

    @router.get("")
    async def list_users(user: AdminUser, wanted: Annotated[UserFilter, Query()]) -> Page[UserDetailView]:
        """The users of the organisation, by name."""
        return await queries.list_by_name(user, wanted, presenter)

    @router.get("/{user_id}")
    async def get_user(user_id: UUID, user: AdminUser) -> UserDetailView:
        """One user."""
        return await presenter.view(await User.load(user_id, user))

    @router.patch("/{user_id}")
    async def change_user(user_id: UUID, change: UserChange, user: AdminUser, if_match: IfMatch) -> UserDetailView:
        """Changes the given fields. After a deactivation or a change of the role, every service refuses the user's
        existing access tokens. The last active admin cannot be removed. A change of role or state needs a recent proof
        of identity."""
        if change.role is not None or change.active is not None:
            await require_recent_proof(user)
        return await presenter.view(await commands.change_user(user_id, change, user, if_match))

    @router.delete("/{user_id}/mfa", status_code=204, dependencies=[RECENT_PROOF])
    async def disable_mfa_of_user(user_id: UUID, user: AdminUser) -> None:
        """Disables two-factor authentication of a user who lost the second factor, and revokes their sessions. Needs a
        recent proof of identity."""
        await commands.disable_mfa(user_id, user)

    @router.post("/{user_id}/unlock", status_code=204)
    async def unlock_user(user_id: UUID, user: AdminUser) -> None:
        """Lets in a user who has reached a limit of failed logins: the failures are forgotten, and for 10 minutes the
        limits of the user's network do not apply."""
        unlocked = await commands.unlock(user_id, user)
        await throttle.unlock(unlocked.id, unlocked.organisation_id, unlocked.email)

    return router
