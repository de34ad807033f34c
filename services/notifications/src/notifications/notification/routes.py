"""The inbox over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.http.identity import CurrentUser
from common.http.paging import Page
from common.http.routing import Router
from notifications.notification import commands, queries
from notifications.notification.schemas import InboxParameters, NotificationView, UnreadCount

router = Router(prefix="/notifications", tags=["notifications"])


@router.get("")
async def list_notifications(user: CurrentUser, wanted: Annotated[InboxParameters, Query()]) -> Page[NotificationView]:
    """The caller's notifications, newest first."""
    return await queries.list_page(user, wanted)


@router.get("/unread-count")
async def count_unread(user: CurrentUser) -> UnreadCount:
    """The number of the caller's unread notifications."""
    return UnreadCount(count=await queries.count_unread(user))


@router.post("/read-all")
async def mark_all_read(user: CurrentUser) -> UnreadCount:
    """Marks all current notifications as read. Returns the number that arrived meanwhile."""
    await commands.mark_all_read(user)
    return UnreadCount(count=await queries.count_unread(user))


@router.post("/{notification_id}/read")
async def mark_read(notification_id: UUID, user: CurrentUser) -> NotificationView:
    """Marks a notification as read."""
    return NotificationView.of(await commands.mark(notification_id, user, read=True))


@router.post("/{notification_id}/unread")
async def mark_unread(notification_id: UUID, user: CurrentUser) -> NotificationView:
    """Marks a notification as unread."""
    return NotificationView.of(await commands.mark(notification_id, user, read=False))
