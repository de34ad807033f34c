"""What admins read of users."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from auth.login.throttle import LoginThrottle
from auth.user.document import User
from auth.user_admin.schemas import UserDetailView, UserFilter
from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal
from common.suppressed_addresses import SuppressedAddresses

BY_NAME: Order = [("name_key", str, 1), ("_id", UUID, 1)]


@dataclass(frozen=True)
class UserPresenter:
    """Adds what a user's document does not contain."""

    throttle: LoginThrottle
    suppressed: SuppressedAddresses

    async def view(self, user: User) -> UserDetailView:
        view = UserDetailView.of(user)
        await self.complete([view])
        return view

    async def complete(self, views: Sequence[UserDetailView]) -> None:
        """The views are of one organisation."""
        if not views:
            return
        counts, reasons = await asyncio.gather(
            self.throttle.count_failures([(view.id, view.organisation_id, view.email) for view in views]),
            self.suppressed.reasons_of(views[0].organisation_id, [view.email for view in views]),
        )
        for view, count in zip(views, counts, strict=True):
            view.failed_logins, view.email_suppression = count, reasons.get(view.email)


async def list_by_name(user: Principal, wanted: UserFilter, presenter: UserPresenter) -> Page[UserDetailView]:
    """One page of the users of the caller's organisation."""
    prefix = {"$regex": f"^{re.escape(wanted.text.casefold())}"} if wanted.text else None
    filters = {"role": wanted.role, "active": wanted.active, "search_terms": prefix}
    query = {**User.visible_to(user), **{field: value for field, value in filters.items() if value is not None}}
    users = User.get_pymongo_collection()
    page = await find_page(users, query, UserDetailView, BY_NAME, wanted)
    await presenter.complete(page.items)
    return page
