"""What admins read of users."""

import re
from uuid import UUID

from auth.domain.access import GrantableRole
from auth.user.document import User
from auth.user_admin.schemas import UserDetailView
from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal

BY_NAME: Order = [("name_key", str, 1), ("_id", UUID, 1)]


async def list_by_name(
    user: Principal,
    *,
    role: GrantableRole | None,
    active: bool | None,
    text: str | None,
    limit: int,
    cursor: str | None,
) -> Page[UserDetailView]:
    """`text` is a prefix of the name, of a word in it, of the email address or of its domain."""
    prefix = {"$regex": f"^{re.escape(text.casefold())}"} if text else None
    filters = {"role": role, "active": active, "search_terms": prefix}
    query = {**User.visible_to(user), **{field: value for field, value in filters.items() if value is not None}}
    users = User.get_pymongo_collection()
    return await find_page(users, query, UserDetailView, order=BY_NAME, limit=limit, cursor=cursor)
