"""What admins read of users."""

import re
from collections.abc import Sequence
from uuid import UUID

from auth.login.throttle import LoginThrottle
from auth.user.document import User
from auth.user_admin.schemas import UserDetailView, UserFilter
from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal

BY_NAME: Order = [("name_key", str, 1), ("_id", UUID, 1)]


async def list_by_name(user: Principal, wanted: UserFilter, throttle: LoginThrottle) -> Page[UserDetailView]:
    """One page of the users of the caller's organisation."""
    prefix = {"$regex": f"^{re.escape(wanted.text.casefold())}"} if wanted.text else None
    filters = {"role": wanted.role, "active": wanted.active, "search_terms": prefix}
    query = {**User.visible_to(user), **{field: value for field, value in filters.items() if value is not None}}
    users = User.get_pymongo_collection()
    page = await find_page(users, query, UserDetailView, BY_NAME, wanted)
    await _add_failed_logins(page.items, throttle)
    return page


async def view_user(user: User, throttle: LoginThrottle) -> UserDetailView:
    view = UserDetailView.of(user)
    await _add_failed_logins([view], throttle)
    return view


async def _add_failed_logins(views: Sequence[UserDetailView], throttle: LoginThrottle) -> None:
    counts = await throttle.count_failures([(view.id, view.organisation_id, view.email) for view in views])
    for view, count in zip(views, counts, strict=True):
        view.failed_logins = count
