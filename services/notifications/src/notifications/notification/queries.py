"""What can be read of one's own notifications."""

from datetime import datetime
from uuid import UUID

from common.http.cursors import Order
from common.http.identity import Principal
from common.http.paging import Page, find_page
from notifications.notification.document import Notification
from notifications.notification.schemas import NotificationView

NEWEST_FIRST: Order = [("created_at", datetime, -1), ("_id", UUID, -1)]


async def list_newest_first(user: Principal, *, limit: int, cursor: str | None) -> Page[NotificationView]:
    """One page of the caller's inbox."""
    return await find_page(
        Notification.get_pymongo_collection(),
        {"recipient_id": user.user_id, "in_app": True},
        NotificationView,
        order=NEWEST_FIRST,
        limit=limit,
        cursor=cursor,
    )
