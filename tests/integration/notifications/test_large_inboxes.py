"""Marking a large inbox as read: at once for its owner, in the background for the database."""

import pytest

from common.ids import new_id
from common.mongo import require_document
from tests.support.desk import ok, open_desk, problem
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes
from tests.support.services import Installation

URL = "/api/v1/notifications"
MANY = 2_500

pytestmark = pytest.mark.asyncio


async def test_all_is_read_at_once_and_the_rest_is_marked_by_whichever_worker_is_left(
    installation: Installation,
) -> None:
    async with (
        installation.run("auth", rate_limits=False) as auth,
        installation.run("tickets", rate_limits=False) as tickets,
    ):
        async with installation.run("notifications", rate_limits=False) as notifications:
            inboxes = Inboxes(installation, auth, tickets, notifications)
            await eventually(notifications.is_ready)
            desk = await open_desk(auth, tickets, "desk")
            await inboxes.settle()
            await desk.ticket()
            await inboxes.settle()
        headers, unread = desk.agent.headers, {"recipient_id": desk.agent.id, "unread": True}

        async with installation.run("notifications", "api", rate_limits=False) as api:
            stored = api.db["notifications"]
            newest = require_document(await stored.find_one(unread, sort=[("position", -1)]))
            positions = range(newest["position"] + 1, newest["position"] + MANY)
            await stored.insert_many([{**newest, "_id": new_id(), "position": each} for each in positions])

            assert ok(await api.http.post(f"{URL}/read-all", headers=headers)) == {"count": 0}

            assert await stored.count_documents(unread) >= 1_000
            assert ok(await api.http.get(f"{URL}/unread-count", headers=headers)) == {"count": 0}
            page = ok(await api.http.get(URL, headers=headers, params={"limit": 100}))
            assert all(item["read_at"] for item in page["items"])
            marking = await api.http.post(f"{URL}/{newest['_id']}/unread", headers=headers)
            problem(marking, 409, "read_all_pending")

        async with installation.run("notifications", rate_limits=False) as notifications:

            async def marked() -> None:
                assert await notifications.db["notifications"].count_documents(unread) == 0
                assert await notifications.db["read_all"].count_documents({}) == 0

            await eventually(marked)
            again = await notifications.http.post(f"{URL}/{newest['_id']}/unread", headers=headers)
            assert ok(again)["read_at"] is None
            assert ok(await notifications.http.get(f"{URL}/unread-count", headers=headers)) == {"count": 1}
