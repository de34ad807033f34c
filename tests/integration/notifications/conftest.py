"""What tests of notifications stand on: services shared by a module, and an organisation for each test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest_asyncio

from tests.support.desk import Desk, open_desk
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes
from tests.support.services import Installation
from tests.support.sse_client import Streams, many_connections, served


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def inboxes(shared_installation: Installation) -> AsyncIterator[Inboxes]:
    """auth, tickets and notifications, without rate limits."""
    async with (
        shared_installation.run("auth", rate_limits=False) as auth,
        shared_installation.run("tickets", rate_limits=False) as tickets,
        shared_installation.run("notifications", rate_limits=False) as notifications,
    ):
        await eventually(notifications.is_ready)
        yield Inboxes(shared_installation, auth, tickets, notifications)


@pytest_asyncio.fixture(loop_scope="module")
async def desk(inboxes: Inboxes) -> Desk:
    """A support desk of this test alone, whose people notifications knows: who is told is decided when it hears of
    something."""
    desk = await open_desk(inboxes.auth, inboxes.tickets, f"desk-{uuid4()}")
    await inboxes.settle()
    return desk


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def streams(inboxes: Inboxes) -> AsyncIterator[Streams]:
    """Two replicas of notifications that people can listen to."""
    async with AsyncExitStack() as stack:
        second = await stack.enter_async_context(inboxes.installation.run("notifications", rate_limits=False))
        await eventually(second.is_ready)
        replicas = (inboxes.notifications, second)
        one, two = [await stack.enter_async_context(served(replica.app)) for replica in replicas]
        http = await stack.enter_async_context(many_connections())
        yield Streams(inboxes, replicas, (one, two), http)
