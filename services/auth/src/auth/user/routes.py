"""People over HTTP, for admins."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from auth.access import GrantableRole
from auth.user import queries
from auth.user.commands import People
from auth.user.schemas import PersonChange, PersonView
from common.http.conditional import IfMatch
from common.http.identity import AdminUser
from common.http.paging import CursorParameter, Limit, Page
from common.http.routing import Router
from common.http.schemas import NamePrefix

Text = Annotated[
    NamePrefix | None, Query(max_length=200, description="The beginning of a name or of an e-mail address.")
]


def routes(people: People) -> Router:
    """Below /api/v1."""
    router = Router(prefix="/users", tags=["people"])

    @router.get("")
    async def list_users(
        user: AdminUser,
        role: GrantableRole | None = None,
        active: bool | None = None,
        text: Text = None,
        limit: Limit = 20,
        cursor: CursorParameter = None,
    ) -> Page[PersonView]:
        """The people of the organisation, by name."""
        return await queries.list_by_name(user, role=role, active=active, text=text, limit=limit, cursor=cursor)

    @router.get("/{user_id}")
    async def get_user(user_id: UUID, user: AdminUser) -> PersonView:
        """One person."""
        return PersonView.of(await queries.get(user_id, user))

    @router.patch("/{user_id}")
    async def change_user(user_id: UUID, change: PersonChange, user: AdminUser, if_match: IfMatch) -> PersonView:
        """Changes the fields that are given. Whoever is deactivated, or has another role, is refused everywhere with
        the tokens they have; the last active admin stays one."""
        return PersonView.of(await people.change(user_id, change, user, if_match))

    @router.delete("/{user_id}/mfa", status_code=204)
    async def disable_mfa_of_user(user_id: UUID, user: AdminUser) -> None:
        """Takes the second factor off the account of somebody who lost theirs, and logs them out."""
        await people.disable_second_factor(user_id, user)

    return router
