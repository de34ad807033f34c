"""All browser tests share one stack and one Chromium. Each visitor has their own browser profile."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.steps import ApiLogin
from tests.browser.visitor import PHONE, TIMEOUT_MS, WIDE, Visitor
from tests.support.browser import running_browser
from tests.support.stack import RetryingClient, RunningStack, retrying_clients, running_stack


class OpenVisitor(Protocol):
    async def __call__(
        self, *, size: tuple[int, int] = WIDE, language: str = "en-GB", dark: bool = False
    ) -> Visitor: ...


expect.set_options(timeout=TIMEOUT_MS)


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Window size. Every journey works in both."""
    found: tuple[int, int] = request.param
    return found


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def stack() -> AsyncIterator[RunningStack]:
    """A stack with the demo data and without rate limits, because all visitors share one IP address.

    HELPDESK_TEST_STACK names the data directory of a running stack to use instead. It must have rate limits off too.
    """
    if "HELPDESK_TEST_STACK" in os.environ:
        yield RunningStack(Path(os.environ["HELPDESK_TEST_STACK"]))
        return
    directory = Path(tempfile.mkdtemp(prefix="helpdesk-browser-"))
    try:
        async with running_stack(directory, environment={"HELPDESK_RATE_LIMITS": "off"}) as running:
            yield running
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def open_visitor(stack: RunningStack, browser: Browser) -> AsyncIterator[OpenVisitor]:
    """Opens visitors. Fails the test if any of their pages had an error."""
    visitors: list[Visitor] = []

    async def open_one(*, size: tuple[int, int] = WIDE, language: str = "en-GB", dark: bool = False) -> Visitor:
        visitor = await Visitor.open(browser, stack.url, size=size, language=language, dark=dark)
        visitors.append(visitor)
        return visitor

    yield open_one
    page_errors = [fault for visitor in visitors for fault in visitor.page_errors]
    for visitor in visitors:
        await visitor.context.close()
    assert page_errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def api(stack: RunningStack) -> AsyncIterator[ApiLogin]:
    """Logs in API clients, for changes made outside the browser."""
    async with retrying_clients(stack.url) as new_caller:

        async def log_in(email: str, password: str) -> RetryingClient:
            person = new_caller()
            await person.log_in(email, password)
            return person

        yield log_in
