"""Reads of a person's own inbox."""

from typing import Any

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.read_concern import ReadConcern

from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal
from notifications.notification.document import Notification
from notifications.notification.read_all import ReadAll
from notifications.notification.schemas import InboxParameters, NotificationView

NEWEST_FIRST: Order = [("position", int, -1)]
UNREAD_FIRST: Order = [("unread", bool, -1), ("position", int, -1)]


async def list_page(user: Principal, wanted: InboxParameters) -> Page[NotificationView]:
    """One page of the caller's inbox."""
    order = UNREAD_FIRST if wanted.unread_first else NEWEST_FIRST
    query = Notification.visible_to(user)
    pending = await ReadAll.get(user.user_id)  # first: once it is done, the notifications themselves say so
    page = await find_page(_majority(), query, NotificationView, order, wanted)
    if pending is not None:
        pending.apply(page.items)
    return page


async def count_unread(user: Principal) -> int:
    """Reads the index only."""
    pending = await ReadAll.get(user.user_id)
    unread: dict[str, Any] = {"organisation_id": user.organisation_id, "recipient_id": user.user_id, "unread": True}
    if pending is not None:
        unread["position"] = {"$gt": pending.position}
    return await Notification.get_pymongo_collection().count_documents(unread, hint="unread")


async def last_position(user: Principal) -> int:
    """The newest position in the caller's inbox; 0 if it is empty."""
    found = await _majority().find_one(Notification.visible_to(user), {"position": 1}, sort=[("position", -1)])
    return int(found["position"]) if found else 0


async def list_after(user: Principal, position: int, *, limit: int) -> list[NotificationView]:
    """The notifications after that position, oldest first. None is ever inserted before an existing one."""
    query = {**Notification.visible_to(user), "position": {"$gt": position}}
    pending = await ReadAll.get(user.user_id)
    found = _majority().find(query, NotificationView.projection()).sort("position", 1).limit(limit)
    views = [NotificationView.of(document) async for document in found]
    if pending is not None:
        pending.apply(views)
    return views


def _majority() -> AsyncCollection[dict[str, Any]]:
    """A reader remembers the last position it saw, so it must not see what a new primary could roll back."""
    return Notification.get_pymongo_collection().with_options(read_concern=ReadConcern("majority"))
