"""How fast pages are there on a slow machine: `make vitals` writes docs/web-vitals.md.

LCP: when the largest thing in sight was painted. TBT: for how long, in all, the page could not have answered a click.
CLS: how much jumped about. Each measured in Chromium with the processor slowed down four times and the network of a
good mobile connection, with nothing in the cache; the median of three.
"""

import argparse
import asyncio
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from statistics import median

from playwright.async_api import Browser

from stack import places
from stack.demo_people import ADMIN, CASEY, ROBIN, Person
from tests.browser.visitor import WIDE, Visitor
from tests.support.browser import running_browser
from tests.support.stack import running_stack

REPORT = places.CHECKOUT / "docs" / "web-vitals.md"
TIMES = 3
SLOWER = 4
NETWORK = {"offline": False, "latency": 40, "downloadThroughput": 1_250_000, "uploadThroughput": 625_000}
PAGES: tuple[tuple[str, str, Person | None], ...] = (
    ("Log in", "/login", None),
    ("My tickets", "/tickets", CASEY),
    ("New ticket", "/tickets/new", CASEY),
    ("Desk", "/desk", ROBIN),
    ("Reports", "/reports", ROBIN),
    ("Audit trail", "/admin/audit", ADMIN),
)
_OBSERVE = """
window.vitals = { lcp: 0, tbt: 0, cls: 0 };
const watch = (type, take) =>
  new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
watch("largest-contentful-paint", ({ startTime }) => { vitals.lcp = startTime; });
watch("longtask", ({ duration }) => { vitals.tbt += Math.max(0, duration - 50); });
watch("layout-shift", ({ value, hadRecentInput }) => { if (!hadRecentInput) vitals.cls += value; });
"""


_TEXT = """# How fast pages are there

Written by `make vitals`: Chromium with the processor slowed down four times, 10 Mbit/s and 40 ms of network, nothing
in the cache, the whole local stack beside it on the same machine; the median of three visits.

| page | largest contentful paint | total blocking time | cumulative layout shift |
|---|---|---|---|
{rows}

Good, by the usual measure, is at most 2.5 s, 200 ms and 0.1. What is fetched and run when the page is there already
(menus, live notifications) is counted in the blocking time. `make check` also weighs what a customer's pages fetch
before they can be used, and fails above 200 kB of compressed JavaScript (`web/tools/budget.ts`).
"""


async def measure(browser: Browser, url: str, path: str, person: Person | None) -> dict[str, float]:
    """One visit with an empty cache."""
    visitor = await Visitor.arrives(browser, url, size=WIDE)
    if person:
        await visitor.logs_in(person)
    page = visitor.page
    session = await visitor.context.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.clearBrowserCache")
    await session.send("Network.emulateNetworkConditions", NETWORK)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.add_init_script(_OBSERVE)
    await visitor.goes_to(path)
    await visitor.everything_is_there()
    await page.wait_for_timeout(2000)  # what comes late is to be seen, too
    found: dict[str, float] = await page.evaluate("window.vitals")
    await visitor.context.close()
    return found


async def _main() -> None:
    parser = argparse.ArgumentParser(description="How fast the pages of the web client are there.")
    parser.add_argument("--url", help="of a running stack with the demo data and without rate limits")
    given = parser.parse_args()
    async with AsyncExitStack() as stack:
        url = given.url
        if url is None:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            running = running_stack(directory / "data", environment={"HELPDESK_RATE_LIMITS": "off"})
            url = (await stack.enter_async_context(running)).url
        browser = await stack.enter_async_context(running_browser())
        rows = []
        for name, path, person in PAGES:
            visits = [await measure(browser, url, path, person) for _ in range(TIMES)]
            lcp, tbt, cls = (median(visit[key] for visit in visits) for key in ("lcp", "tbt", "cls"))
            rows.append(f"| {name} | {lcp / 1000:.2f} s | {tbt:.0f} ms | {cls:.3f} |")
    REPORT.write_text(_TEXT.format(rows="\n".join(rows)))


if __name__ == "__main__":
    asyncio.run(_main())
