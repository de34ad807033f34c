"""The inbox over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import Query

from common.http.identity import CurrentUser
from common.http.paging import CursorParameter, Limit, Page
from common.http.routing import Router
from notifications.notification import commands, queries
from notifications.notification.schemas import NotificationView, UnreadCount

UnreadFirst = Annotated[bool, Query(description="What was not seen yet comes before everything else.")]

router = Router(prefix="/notifications", tags=["notifications"])


@router.get("")
async def list_notifications(
    user: CurrentUser, unread_first: UnreadFirst = False, limit: Limit = 20, cursor: CursorParameter = None
) -> Page[NotificationView]:
    """What the caller was told, newest first."""
    return await queries.list_page(user, unread_first=unread_first, limit=limit, cursor=cursor)


@router.get("/unread-count")
async def count_unread(user: CurrentUser) -> UnreadCount:
    """How much the caller has not seen yet."""
    return UnreadCount(count=await queries.count_unread(user))


@router.post("/read-all")
async def mark_all_read(user: CurrentUser) -> UnreadCount:
    """Marks everything as seen that is there now. Answers with what is left: what came meanwhile."""
    await commands.mark_all_read(user)
    return UnreadCount(count=await queries.count_unread(user))


@router.post("/{notification_id}/read")
async def mark_read(notification_id: UUID, user: CurrentUser) -> NotificationView:
    """Marks one as seen."""
    notification = await commands.mark(notification_id, user, read=True)
    return NotificationView.of(notification)


@router.post("/{notification_id}/unread")
async def mark_unread(notification_id: UUID, user: CurrentUser) -> NotificationView:
    """Marks one as not seen, to come back to it."""
    notification = await commands.mark(notification_id, user, read=False)
    return NotificationView.of(notification)
