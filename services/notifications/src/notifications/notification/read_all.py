"""Marks whole inboxes as read. A request only states up to where; a resumable job marks the notifications in batches.

While a job is pending, counts and lists already show what it will have done.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from beanie import Document
from prometheus_client import Gauge
from pydantic import Field
from pymongo import ASCENDING, IndexModel

from common import clock
from common.ids import new_id
from common.loops import repeat
from common.mongo import require_document
from common.principal import Principal
from notifications.notification.document import Notification
from notifications.notification.schemas import NotificationView

BATCH = 1_000
PAUSE_SECONDS = 1.0

pending_gauge = Gauge("helpdesk_read_all_pending", "Inboxes of which not all notifications are marked as read yet.")


class ReadAll(Document):
    """The pending request of one person, whose id it has: everything up to `position` is read."""

    id: UUID = Field()  # type: ignore[assignment]  # Beanie types any id as ObjectId
    organisation_id: UUID
    request_id: UUID
    position: int
    requested_at: datetime

    class Settings:
        name = "read_all"
        indexes: ClassVar = [IndexModel([("requested_at", ASCENDING)])]

    @classmethod
    async def request(cls, user: Principal, position: int) -> "ReadAll":
        """Replaces an earlier request, whose notifications are among those of the new one."""
        values = {
            "organisation_id": user.organisation_id,
            "request_id": new_id(),
            "position": position,
            "requested_at": clock.now(),
        }
        stored = await cls.get_pymongo_collection().find_one_and_update(
            {"_id": user.user_id}, {"$set": values}, upsert=True, return_document=True
        )
        pending: ReadAll = cls.model_validate({**require_document(stored), "id": user.user_id})
        return pending

    def covers(self, position: int | None) -> bool:
        return position is not None and position <= self.position

    def apply(self, views: Iterable[NotificationView]) -> None:
        """Shows what it covers as read."""
        for view in views:
            if view.read_at is None and self.covers(view.position):
                view.read_at = self.requested_at

    async def mark_batch(self) -> bool:
        """Marks up to BATCH notifications. Returns whether some may be left. Can be repeated, and run by several
        replicas at the same time."""
        notifications = Notification.get_pymongo_collection()
        unread: dict[str, Any] = {"organisation_id": self.organisation_id, "recipient_id": self.id, "unread": True}
        query = {**unread, "position": {"$gt": 0, "$lte": self.position}}
        ids = [found["_id"] async for found in notifications.find(query, {"_id": 1}, hint="unread").limit(BATCH)]
        read = {"unread": False, "read_at": self.requested_at}
        await notifications.update_many({"_id": {"$in": ids}, "unread": True}, {"$set": read, "$inc": {"version": 1}})
        if len(ids) == BATCH:
            return True
        await self.get_pymongo_collection().delete_one({"_id": self.id, "request_id": self.request_id})
        return False


class ReadAllJobs:
    """Runs in every worker. A killed one leaves the request, and any other continues it."""

    name = "read all"

    async def run(self) -> None:
        await repeat(self.work, pause_seconds=PAUSE_SECONDS, name=self.name)

    async def work(self) -> None:
        """A batch of each pending request in turn, until none is left."""
        pending = await ReadAll.find_all(sort="+requested_at", limit=BATCH).to_list()
        pending_gauge.set(len(pending))
        while pending:
            pending = [request for request in pending if await request.mark_batch()]
            pending_gauge.set(len(pending))
