"""What can be read of one's own notifications."""

from typing import Any
from uuid import UUID

from pymongo.asynchronous.collection import AsyncCollection
from pymongo.read_concern import ReadConcern

from common.cursors import Order
from common.http.paging import Page, find_page
from common.principal import Principal
from notifications.notification.document import IN_INBOX, Notification
from notifications.notification.schemas import NotificationView

NEWEST_FIRST: Order = [("position", int, -1)]
UNREAD_FIRST: Order = [("unread", bool, -1), ("position", int, -1)]


def inbox_of(user: Principal) -> dict[str, Any]:
    """What is in the caller's inbox, as a MongoDB filter."""
    return {**_own(user), **IN_INBOX}


async def list_page(user: Principal, *, unread_first: bool, limit: int, cursor: str | None) -> Page[NotificationView]:
    """One page of the caller's inbox."""
    return await find_page(
        _for_good(),
        inbox_of(user),
        NotificationView,
        order=UNREAD_FIRST if unread_first else NEWEST_FIRST,
        limit=limit,
        cursor=cursor,
    )


async def count_unread(user: Principal) -> int:
    """By the index alone."""
    return await Notification.get_pymongo_collection().count_documents(_unread(user), hint="unread")


async def ids_of_unread(user: Principal) -> list[UUID]:
    """Newest first."""
    found = Notification.get_pymongo_collection().find(_unread(user), {"_id": 1}).sort("position", -1)
    return [document["_id"] async for document in found]


async def last_position(user: Principal) -> int:
    """Of the newest in the caller's inbox; 0 where it is empty."""
    found = await _for_good().find_one(inbox_of(user), {"position": 1}, sort=[("position", -1)])
    return int(found["position"]) if found else 0


async def after(user: Principal, position: int, *, limit: int) -> list[NotificationView]:
    """What came into the caller's inbox after that position, oldest first. Nothing is ever added in between."""
    query = {**_own(user), "position": {"$gt": position}}
    found = _for_good().find(query, NotificationView.projection()).sort("position", 1).limit(limit)
    return [NotificationView.of(document) async for document in found]


def _own(user: Principal) -> dict[str, Any]:
    return {"organisation_id": user.organisation_id, "recipient_id": user.user_id}


def _unread(user: Principal) -> dict[str, Any]:
    return {**_own(user), "unread": True}


def _for_good() -> AsyncCollection[dict[str, Any]]:
    """What a new primary could take back must not be shown to a reader who remembers how far they have read."""
    return Notification.get_pymongo_collection().with_options(read_concern=ReadConcern("majority"))
