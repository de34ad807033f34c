"""Servers, installations and settings of the whole test session.

`HELPDESK_SOAK=1` makes randomised tests larger: Hypothesis uses the profile "soak" instead of "ci".
"""

import asyncio
import gc
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import hypothesis
import pytest
import pytest_asyncio
import structlog
import uvloop
from xdist.scheduler import LoadScopeScheduling

import auth.passwords
from common.lifecycle import GC_THRESHOLDS
from tests.support.people import quick_hasher
from tests.support.property_testing import CI_EXAMPLES
from tests.support.servers import Servers, running_servers
from tests.support.services import Installation, new_installation
from tests.support.smtp import RecordingSmtp, recording_smtp

_WITH_STACK = ("tests/system/", "tests/browser/")


class LoadByFile(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps the tests of a file in one process, which then makes their shared fixtures once. The tests with a whole
    stack, and those with a browser, each stay in one process too, so that one of these runs at a time."""

    def _split_scope(self, nodeid: str) -> str:
        file, _, _ = nodeid.partition("::")
        return next((folder for folder in _WITH_STACK if file.startswith(folder)), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadByFile:
    return LoadByFile(config, log)


def pytest_configure() -> None:
    """Tests run in the event loop of the services. pytest-asyncio's own hook, pytest_asyncio_loop_factories, ends
    session-scoped fixtures after each test (1.5.0), which would start MongoDB and NATS for each."""
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    # The heap of tests is large and long-lived: the default thresholds spend a tenth of the time in collections.
    gc.set_threshold(*GC_THRESHOLDS)
    hypothesis.settings.register_profile("ci", max_examples=CI_EXAMPLES)
    hypothesis.settings.register_profile("soak", max_examples=20 * CI_EXAMPLES)
    hypothesis.settings.load_profile("soak" if os.environ.get("HELPDESK_SOAK") == "1" else "ci")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Runs the longest tests first: at the end all but one process would wait for them."""
    items.sort(key=lambda item: not item.nodeid.startswith(_WITH_STACK))


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """structlog's default traceback, with the values of all variables, takes seconds."""
    renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, renderer])


@pytest.fixture(scope="session", autouse=True)
def _quick_hashes() -> Iterator[None]:
    """For thousands of logins. Services in processes of their own hash at the production cost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(auth.passwords, "PasswordHasher", quick_hasher)
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def servers() -> AsyncIterator[Servers]:
    """One MongoDB and one NATS server for all tests of this process."""
    directory = Path(tempfile.mkdtemp(prefix="helpdesk-test-"))
    try:
        async with running_servers(directory) as servers:
            yield servers
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
async def installation(servers: Servers) -> AsyncIterator[Installation]:
    """Empty databases and a provisioned NATS account for one test."""
    async with new_installation(servers) as installation:
        yield installation


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_installation(servers: Servers) -> AsyncIterator[Installation]:
    """The same for one module, whose tests have an organisation each."""
    async with new_installation(servers) as installation:
        yield installation


@pytest.fixture
async def smtp() -> AsyncIterator[RecordingSmtp]:
    """A mail server for one test."""
    async with recording_smtp() as recorder:
        yield recorder
