"""How fast pages are there on a slow machine: `make vitals` writes docs/web-vitals.md.

LCP: when the largest thing in sight was painted. TBT: for how long, in all, the page could not have answered a click.
CLS: how much jumped about. Each measured in Chromium with the processor slowed down four times and the network of a
good mobile connection, with nothing in the cache; the median of three.

Then, slowed down alike, the desk with very many tickets: somebody scrolls through all of them, and goes on working.
"""

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
from tests.support.crowd import crowd
from tests.support.stack import RunningStack, running_stack

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
MANY = 10_000
_SCROLL = """
async () => {
  const scroller = document.querySelector("section[aria-label='Tickets'] ul").parentElement;
  const last = () => [...scroller.querySelectorAll("li")].at(-1);
  const frames = [];
  const started = performance.now();
  let before = started;
  while (last().ariaSetSize !== last().ariaPosInSet) {
    const now = await new Promise(requestAnimationFrame);
    frames.push(now - before);
    before = now;
    scroller.scrollTop += 500;
  }
  frames.sort((a, b) => a - b);
  const share = (of) => frames[Math.floor(frames.length * of)];
  return {
    middle: share(0.5), late: share(0.95), latest: frames.at(-1), seconds: (before - started) / 1000,
    rows: scroller.querySelectorAll("li").length, last: Number(last().ariaPosInSet),
  };
}
"""
_OPEN_THE_NEXT = """
async () => {
  const title = () => document.querySelector("h1")?.textContent;
  const before = title();
  const started = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true }));
  while ([undefined, before].includes(title())) await new Promise(requestAnimationFrame);
  return performance.now() - started;
}
"""
_DESK = """\
Somebody scrolls through all of them, 500 pixels with each frame, slowed down as above. They come while they are
scrolled to, 50 at a time. In the end, after {seconds:.0f} s, the list is at its {last:,}th ticket, and {rows} rows
of it exist. A frame takes {middle:.0f} ms in the middle, {late:.0f} ms at the 95th percentile and {latest:.0f} ms at
worst. Then `j` opens ticket after ticket, each within {opened:.0f} ms (median)."""


_TEXT = """# How fast pages are there

Written by `make vitals`: Chromium with the processor slowed down four times, 10 Mbit/s and 40 ms of network, nothing
in the cache, the whole local stack beside it on the same machine; the median of three visits. Two runs of nearly
the same client, on a machine that did other work besides, differed by 40 % in the first column, twofold in the second.

| page | largest contentful paint | total blocking time | cumulative layout shift |
|---|---|---|---|
{rows}

Good, by the usual measure, is at most 2.5 s, 200 ms and 0.1. What is fetched and run when the page is there already
(menus, live notifications) is counted in the blocking time. `make check` also weighs what a customer's pages fetch
before they can be used, and fails above 200 kB of compressed JavaScript (`web/tools/budget.ts`).

## The desk with {many} tickets

{desk}
"""


async def measure(browser: Browser, url: str, path: str, person: Person | None) -> dict[str, float]:
    """One visit with an empty cache."""
    visitor = await Visitor.arrives(browser, url, size=WIDE)
    if person:
        await visitor.logs_in(person)
    await slowed(visitor)
    page = visitor.page
    await page.add_init_script(_OBSERVE)
    await visitor.goes_to(path)
    await visitor.everything_is_there()
    await page.wait_for_timeout(2000)  # what comes late is to be seen, too
    found: dict[str, float] = await page.evaluate("window.vitals")
    await visitor.context.close()
    return found


async def slowed(visitor: Visitor) -> None:
    """From now on, the processor and the network are those of the measurement."""
    session = await visitor.context.new_cdp_session(visitor.page)
    await session.send("Network.enable")
    await session.send("Network.clearBrowserCache")
    await session.send("Network.emulateNetworkConditions", NETWORK)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})


async def very_many(browser: Browser, stack: RunningStack) -> str:
    """What it is like to work at a desk with so many tickets, in words."""
    async with stack.mongo() as client:
        tickets = client["tickets"]["tickets"]
        newest = await tickets.find_one({}, sort=[("number", -1)])
        assert newest is not None
        await crowd(client["tickets"], newest["organisation_id"], MANY, after_number=newest["number"])
    visitor = await Visitor.arrives(browser, stack.url, size=WIDE)
    await visitor.logs_in(ROBIN)
    await slowed(visitor)
    await visitor.goes_to("/desk?queue=all")
    await visitor.everything_is_there()
    scrolled: dict[str, float] = await visitor.page.evaluate(_SCROLL)
    opened = [await visitor.page.evaluate(_OPEN_THE_NEXT) for _ in range(2 * TIMES + 1)][1:]
    await visitor.context.close()
    return _DESK.format(**scrolled, opened=median(opened))


async def _main() -> None:
    async with AsyncExitStack() as cleanup:
        directory = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
        running = running_stack(directory / "data", environment={"HELPDESK_RATE_LIMITS": "off"})
        stack = await cleanup.enter_async_context(running)
        browser = await cleanup.enter_async_context(running_browser())
        rows = []
        for name, path, person in PAGES:
            visits = [await measure(browser, stack.url, path, person) for _ in range(TIMES)]
            lcp, tbt, cls = (median(visit[key] for visit in visits) for key in ("lcp", "tbt", "cls"))
            rows.append(f"| {name} | {lcp / 1000:.2f} s | {tbt:.0f} ms | {cls:.3f} |")
        desk = await very_many(browser, stack)
    REPORT.write_text(_TEXT.format(rows="\n".join(rows), many=f"{MANY:,}", desk=desk))


if __name__ == "__main__":
    asyncio.run(_main())
