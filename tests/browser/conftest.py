"""One stack and one Chromium for all browser tests; each test's people have profiles of their own."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.browser.steps import LogIn
from tests.browser.visitor import PATIENCE, PHONE, WIDE, Visitor
from tests.support.browser import running_browser
from tests.support.callers import Caller, callers
from tests.support.stack import RunningStack, running_stack


class Arrive(Protocol):
    """Somebody comes to the stack, with a browser of their own."""

    async def __call__(
        self, *, size: tuple[int, int] = WIDE, language: str = "en-GB", dark: bool = False
    ) -> Visitor: ...


expect.set_options(timeout=PATIENCE)


@pytest.fixture(params=[WIDE, PHONE], ids=["wide", "phone"])
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """Of the window. Every journey works in both."""
    found: tuple[int, int] = request.param
    return found


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def stack() -> AsyncIterator[RunningStack]:
    """With the demo data, and without rate limits: all people sit behind one address here.

    For whoever writes tests, HELPDESK_TEST_STACK names the data of one that runs already, without rate limits as well.
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
    """A real Chromium."""
    async with running_browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def arrive(stack: RunningStack, browser: Browser) -> AsyncIterator[Arrive]:
    """Makes visitors. In the end, nothing may have broken in their pages."""
    came: list[Visitor] = []

    async def come(*, size: tuple[int, int] = WIDE, language: str = "en-GB", dark: bool = False) -> Visitor:
        visitor = await Visitor.arrives(browser, stack.url, size=size, language=language, dark=dark)
        came.append(visitor)
        return visitor

    yield come
    faults = [fault for visitor in came for fault in visitor.faults]
    for visitor in came:
        await visitor.context.close()
    assert faults == []


@pytest_asyncio.fixture(loop_scope="session")
async def api(stack: RunningStack) -> AsyncIterator[LogIn]:
    """People who use the API, for what happens meanwhile elsewhere."""
    async with callers(stack.url) as newcomer:

        async def log_in(email: str, password: str) -> Caller:
            person = newcomer()
            await person.log_in(email, password)
            return person

        yield log_in
