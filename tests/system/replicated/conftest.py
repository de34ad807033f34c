"""One stack with two replicas of every service, for all tests of them."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from common.services import SERVICES
from tests.system.conftest import LiveDesk, live_desk

REPLICAS = tuple(option for service in SERVICES for option in ("--replicas", f"{service}=2"))


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveDesk]:
    """Each test looks at its own tickets and its own people only."""
    async with live_desk(tmp_path_factory.mktemp("stack"), *REPLICAS) as desk:
        yield desk
