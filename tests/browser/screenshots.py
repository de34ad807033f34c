"""Pictures of every page, in both themes, wide and on a phone: `make screenshots`.

With the local stack running they are taken of that one, else of a new one with the demo data. They go into
web/screenshots/, which is not in version control.
"""

import argparse
import asyncio
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser

from stack import places
from tests.browser.pages import PAGES, PEOPLE, PageOfClient, Who
from tests.browser.visitor import PHONE, WIDE, Visitor
from tests.support.browser import running_browser
from tests.support.stack import RunningStack, running_stack

WHERE = places.WEB / "screenshots"
SIZES = {"wide": WIDE, "phone": PHONE}
THEMES: Sequence[Literal["light", "dark"]] = ("light", "dark")


async def take(browser: Browser, url: str, pages: Sequence[PageOfClient]) -> None:
    """One person of each kind looks at their pages."""
    WHERE.mkdir(exist_ok=True)
    for who in sorted({page.who for page in pages}):
        async with AsyncExitStack() as stack:
            for size in SIZES:
                visitor = await Visitor.arrives(browser, url, size=SIZES[size])
                stack.push_async_callback(visitor.context.close)
                await _look(visitor, who, size, [page for page in pages if page.who == who])


async def _look(visitor: Visitor, who: Who, size: str, pages: Sequence[PageOfClient]) -> None:
    if who != "nobody":
        await visitor.logs_in(PEOPLE[who])
    for page in pages:
        await page.opened_by(visitor)
        for theme in THEMES:
            await visitor.page.emulate_media(color_scheme=theme)
            name = f"{page.name}-{size}-{theme}.png"
            await visitor.page.screenshot(path=WHERE / name, animations="disabled")


@asynccontextmanager
async def _some_stack() -> AsyncIterator[str]:
    running = RunningStack(places.CHECKOUT / ".data")
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
        url = given.url or await stack.enter_async_context(_some_stack())
        await take(await stack.enter_async_context(running_browser()), url, pages)


if __name__ == "__main__":
    asyncio.run(_main())
