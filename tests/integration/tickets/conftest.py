"""What tests of tickets stand on: services shared by a module, and an organisation for each test."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest_asyncio

from tests.support.desk import Desk, open_desk
from tests.support.services import Installation, RunningService


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def services(shared_installation: Installation) -> AsyncIterator[tuple[RunningService, RunningService]]:
    """auth and tickets, without rate limits: tests ask for more than a person would."""
    async with (
        shared_installation.run("auth", rate_limits=False) as auth,
        shared_installation.run("tickets", rate_limits=False) as tickets,
    ):
        yield auth, tickets


@pytest_asyncio.fixture(loop_scope="module")
async def desk(services: tuple[RunningService, RunningService]) -> Desk:
    """A support desk of this test alone."""
    return await open_desk(*services, organisation=f"desk-{uuid4()}")
