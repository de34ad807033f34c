"""A refresh that reads a user whose role is being changed."""

import asyncio
from typing import Any

import jwt
import pytest

from auth.session.document import Session
from auth.user.document import User
from common import mongo
from tests.support.credentials import history, refresh_token, with_cookie
from tests.support.desk import ok
from tests.support.eventually import eventually
from tests.support.people import PASSWORD, Person, make_admin, make_agent
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def assert_published(auth: RunningService) -> None:
    """While the relay writes to users or sessions, a transaction would start again."""
    for collection in ("users", "sessions"):
        assert await auth.db[collection].find_one({"outbox.0": {"$exists": True}}) is None


async def test_a_token_is_not_issued_from_data_that_is_being_overwritten(
    auth: RunningService, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    log_in = await auth.http.post("/api/v1/auth/login", json=body)
    await history(auth, alex.id, length=1)
    await eventually(lambda: assert_published(auth))
    recorded, read = asyncio.Event(), asyncio.Event()
    commit, rotate = User.commit, Session.rotate

    async def slow_commit(self: User, session: mongo.ClientSession | None = None) -> User:
        """The event has its time and is not written yet."""
        recorded.set()
        await read.wait()
        return await commit(self, session)

    def signal_rotate(self: Session, *arguments: Any) -> str:
        """The refresh has read the user."""
        asyncio.get_running_loop().call_later(0.2, read.set)
        return rotate(self, *arguments)

    monkeypatch.setattr(User, "commit", slow_commit)
    monkeypatch.setattr(Session, "rotate", signal_rotate)

    async def change_role() -> None:
        path = f"/api/v1/users/{alex.id}"
        ok(await auth.http.patch(path, json={"role": "customer"}, headers=ada.headers))

    changing = asyncio.create_task(change_role())
    await recorded.wait()
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(log_in)))
    await changing

    token = Person.of(ok(refreshed))
    changed_at = (await history(auth, alex.id, length=2))[-1].time
    issued_at = jwt.decode(token.access_token, options={"verify_signature": False})["iat"]
    # A token of the former role must be older than the change, so that every service refuses it.
    assert token.role == "customer" or issued_at < changed_at.timestamp()
