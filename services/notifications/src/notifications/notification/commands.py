"""Marking notifications as read."""

from uuid import UUID

from common.errors import Conflict
from common.principal import Principal
from notifications.notification import queries
from notifications.notification.document import Notification
from notifications.notification.read_all import ReadAll


async def mark(notification_id: UUID, user: Principal, *, read: bool) -> Notification:
    """Marks one as read or unread. Raises NotFound, for other people's notifications too, and Conflict."""

    async def apply(notification: Notification) -> None:
        pending = await ReadAll.get(user.user_id)
        if not read and pending is not None and pending.covers(notification.position):
            raise Conflict(
                "Your notifications are being marked as read. Try again in a moment.", code="read_all_pending"
            )
        notification.mark(read=read)

    return await Notification.modify(notification_id, user, apply)


async def mark_all_read(user: Principal) -> None:
    """Marks everything as read that is in the inbox now. A few notifications are marked at once, more by a job."""
    request = await ReadAll.request(user, await queries.last_position(user))
    await request.mark_batch()
