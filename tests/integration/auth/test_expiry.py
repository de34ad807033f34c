"""MongoDB deletes what expired, and no event with it."""

from datetime import timedelta

from auth.login.document import KEPT_SECONDS
from common import clock
from common.events.auth import LoginFailed
from common.outbox import EventLog, EventSelection
from tests.support.desk import problem
from tests.support.eventually import eventually
from tests.support.services import Installation


async def test_a_failed_login_whose_event_is_unpublished_expires_only_once_it_is_published(
    installation: Installation,
) -> None:
    long_ago = clock.now() - timedelta(seconds=KEPT_SECONDS + 60)
    async with installation.run("auth", role="api") as auth:
        login = {"email": "casey@example.org", "password": "not the password"}
        problem(await auth.http.post("/api/v1/auth/login", json=login), 401, "wrong_credentials")
        stored = auth.db["failed_logins"]
        [unpublished] = await stored.find().to_list()
        await stored.insert_one({**unpublished, "_id": "published", "outbox": [], "at": long_ago})
        await stored.update_one({"_id": unpublished["_id"]}, {"$set": {"at": long_ago}})

        async def published_one_expired() -> None:
            assert await stored.find_one({"_id": "published"}) is None

        await eventually(published_one_expired)
        assert await stored.find_one({"_id": unpublished["_id"]}) is not None

    async with installation.run("auth", role="worker") as auth:

        async def all_expired() -> None:
            assert await auth.db["failed_logins"].find_one() is None

        await eventually(all_expired)
        selection = EventSelection(type=LoginFailed.type)
        assert [each.aggregate_id async for each in EventLog(auth.db).read(selection)] == [unpublished["_id"]]
