"""The inbox over HTTP."""

from fastapi import APIRouter

from common.http.identity import CurrentUser
from common.http.paging import CursorParameter, Limit, Page
from notifications.notification import queries
from notifications.notification.schemas import NotificationView

router = APIRouter(prefix="/notifications", tags=["notifications"])


@router.get("")
async def list_notifications(
    user: CurrentUser, limit: Limit = 20, cursor: CursorParameter = None
) -> Page[NotificationView]:
    """What the caller was told, newest first."""
    return await queries.list_newest_first(user, limit=limit, cursor=cursor)
