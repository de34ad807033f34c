"""Marking notifications as read."""

from uuid import UUID

from common import clock
from common.principal import Principal
from notifications.notification.document import Notification


async def mark(notification_id: UUID, user: Principal, *, read: bool) -> Notification:
    """Marks one as read or unread. Raises NotFound, for other people's notifications too."""
    return await Notification.modify(notification_id, user, lambda notification: notification.mark(read=read))


async def mark_all_read(user: Principal) -> None:
    """Marks everything as read that is unread now."""
    await Notification.get_pymongo_collection().update_many(
        {**Notification.visible_to(user), "unread": True},
        {"$set": {"unread": False, "read_at": clock.now()}, "$inc": {"version": 1}},
    )
