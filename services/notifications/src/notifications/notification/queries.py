"""What can be read of one's own notifications."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from common import clock
from common.http.identity import Principal
from common.http.paging import Page, page_of, position_after
from notifications.notification.document import Notification
from notifications.notification.schemas import NotificationView


async def list_newest_first(user: Principal, *, limit: int, cursor: str | None) -> Page[NotificationView]:
    """One page of the caller's inbox."""
    query: dict[str, Any] = {"recipient_id": user.user_id, "in_app": True}
    if cursor is not None:
        at, id_ = position_after(cursor, _position)
        query["$or"] = [{"created_at": {"$lt": at}}, {"created_at": at, "_id": {"$lt": id_}}]
    found = await Notification.find(query).sort("-created_at", "-_id").limit(limit + 1).to_list()
    return page_of(found, limit, NotificationView.of, lambda each: [clock.rfc3339(each.created_at), str(each.id)])


def _position(position: list[str]) -> tuple[datetime, UUID]:
    at, id_ = position
    return datetime.fromisoformat(at).astimezone(UTC), UUID(id_)
