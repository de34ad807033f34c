"""What tests of auth stand on: one auth shared by a module, and an organisation for each test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.people import another_organisation
from tests.support.services import Installation, RunningService


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def auth(shared_installation: Installation) -> AsyncIterator[RunningService]:
    """Without rate limits: tests log in more often than a person would."""
    async with shared_installation.run("auth", rate_limits=False) as auth:
        yield auth


@pytest_asyncio.fixture(loop_scope="module")
async def organisation(auth: RunningService) -> str:
    """The short name of an organisation of this test alone."""
    return await another_organisation()
