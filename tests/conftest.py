"""The fixtures of all tests that need real servers."""

import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.support.servers import ACCOUNTS, Servers, running_servers
from tests.support.services import Installation
from tests.support.smtp import RecordingSmtp, recording_smtp

_numbers = itertools.count()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers() -> AsyncIterator[Servers]:
    """One MongoDB and one NATS for all tests of this process."""
    directory = Path(tempfile.mkdtemp(prefix="helpdesk-test-"))
    try:
        async with running_servers(directory) as servers:
            yield servers
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
async def installation(servers: Servers) -> AsyncIterator[Installation]:
    """Databases and a NATS account, provisioned, of this test alone."""
    number = next(_numbers)
    installation = Installation(servers, number % ACCOUNTS, name=f"test{number}")
    await installation.provision()
    yield installation
    async with servers.client() as client:
        for name in await client.list_database_names():
            if name.startswith(f"{installation.name}_"):
                await client.drop_database(name)


@pytest.fixture
async def smtp() -> AsyncIterator[RecordingSmtp]:
    """A mail server of this test alone."""
    async with recording_smtp() as recorder:
        yield recorder
