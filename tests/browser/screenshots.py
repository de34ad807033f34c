"""Screenshots of every page in both themes, wide and on a phone: `make screenshots`.

Uses the running local stack, else starts one with the demo data. Writes to web/screenshots/, which git ignores.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from stack import paths
from tests.browser.pages import PAGES, PEOPLE, ClientPage, Viewer
from tests.browser.visitor import PHONE, WIDE, Visitor
from tests.support.browser import running_browser
from tests.support.stack import RunningStack, running_stack

OUTPUT = paths.WEB / "screenshots"
SIZES = {"wide": WIDE, "phone": PHONE}
THEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")


async def capture(browser: Browser, url: str, pages: Sequence[ClientPage]) -> None:
    """Logs in one person per kind of viewer and captures their pages."""
    OUTPUT.mkdir(exist_ok=True)
    for viewer in sorted({page.viewer for page in pages}):
        async with AsyncExitStack() as stack:
            for size in SIZES:
                visitor = await Visitor.open(browser, url, size=SIZES[size])
                stack.push_async_callback(visitor.context.close)
                await _capture_pages(visitor, viewer, size, [page for page in pages if page.viewer == viewer])


async def _capture_pages(visitor: Visitor, viewer: Viewer, size: str, pages: Sequence[ClientPage]) -> None:
    if viewer != "anonymous":
        await visitor.log_in(PEOPLE[viewer])
    for page in pages:
        await page.open_in(visitor)
        for theme in THEMES:
            await visitor.page.emulate_media(color_scheme=theme)
            name = f"{page.name}-{size}-{theme}.png"
            await visitor.page.screenshot(path=OUTPUT / name, animations="disabled")


@asynccontextmanager
async def _stack_url() -> AsyncIterator[str]:
    running = RunningStack(paths.CHECKOUT / ".data")
    if (running.directory / "stack.json").exists():
        yield running.url
        return
    with tempfile.TemporaryDirectory() as directory:
        async with running_stack(Path(directory) / "data", environment={"HELPDESK_RATE_LIMITS": "off"}) as stack:
            yield stack.url


async def _main() -> None:
    parser = argparse.ArgumentParser(description="Pictures of every page of the web client.")
    parser.add_argument("pages", nargs="*", metavar="PAGE", help="the names of some pages only")
    parser.add_argument("--url", help="of a running stack with the demo data")
    given = parser.parse_args()
    pages = [page for page in PAGES if not given.pages or page.name in given.pages]
    async with AsyncExitStack() as stack:
        url = given.url or await stack.enter_async_context(_stack_url())
        await capture(await stack.enter_async_context(running_browser()), url, pages)


if __name__ == "__main__":
    asyncio.run(_main())
