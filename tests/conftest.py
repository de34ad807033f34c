"""The fixtures of all tests that need real servers."""

import asyncio
import gc
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
import structlog
import uvloop
from xdist.scheduler import LoadScopeScheduling

import auth.passwords
from common.lifecycle import GC_THRESHOLDS
from tests.support.people import quick_hasher
from tests.support.servers import Servers, running_servers
from tests.support.services import Installation, new_installation
from tests.support.smtp import RecordingSmtp, recording_smtp

_WITH_STACK = ("tests/system/", "tests/browser/")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """All tests of a file in one process, so that what they share is made once; all that need a whole stack too, so
    that there is one of these at a time, and one with a browser."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        return next((folder for folder in _WITH_STACK if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByFile:
    """How several processes share the tests."""
    return ByFile(config, log)


def pytest_configure() -> None:
    """Services run in this loop, so tests do. Not by pytest-asyncio's hook for it, pytest_asyncio_loop_factories: with
    that (1.5.0) what has the session for its scope ends with each test, and MongoDB and NATS begin anew for each."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    # Heaps of tests are large and live long: looking through them as often as usual takes a tenth of the time.
    gc.set_threshold(*GC_THRESHOLDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first: at the end all but one process would wait for it."""
    items.sort(key=lambda item: not item.nodeid.startswith(_WITH_STACK))


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """A traceback with the values of all variables, as structlog shows it by default, takes seconds."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, renderer])


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """There are thousands of log-ins here. Services in processes of their own hash as always."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth.passwords, "PasswordHasher", quick_hasher)
        yield


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
    async with new_installation(servers) as installation:
        yield installation


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_installation(servers: Servers) -> AsyncIterator[Installation]:
    """The same for all tests of a module, which keep apart by having an organisation each."""
    async with new_installation(servers) as installation:
        yield installation


@pytest.fixture
async def smtp() -> AsyncIterator[RecordingSmtp]:
    """A mail server of this test alone."""
    async with recording_smtp() as recorder:
        yield recorder
