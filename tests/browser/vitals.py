"""Measures the web vitals of the pages on a slow device: `make vitals` writes docs/web-vitals.md.

LCP is the time until the largest visible element is painted, TBT the total time of blocked input, CLS the layout shift.
Then it measures the ticket list with very many tickets: scrolling through all of them, and opening tickets by keyboard.
"""

import asyncio
import tempfile
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from playwright.async_api import Browser

from bench.machine import describe_machine
from stack import paths
from stack.demo_people import ADMIN, CASEY, ROBIN, Person
from tests.browser.visitor import WIDE, Visitor
from tests.support.browser import running_browser
from tests.support.bulk_data import insert_tickets
from tests.support.stack import RunningStack, running_stack

REPORT = paths.CHECKOUT / "docs" / "web-vitals.md"
VISITS = 3
CPU_SLOWDOWN = 4
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
const observe = (type, record) =>
  new PerformanceObserver((list) => list.getEntries().forEach(record)).observe({ type, buffered: true });
observe("largest-contentful-paint", ({ startTime }) => { vitals.lcp = startTime; });
observe("longtask", ({ duration }) => { vitals.tbt += Math.max(0, duration - 50); });
observe("layout-shift", ({ value, hadRecentInput }) => { if (!hadRecentInput) vitals.cls += value; });
"""
TICKETS = 10_000
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
  const percentile = (share) => frames[Math.floor(frames.length * share)];
  return {
    p50: percentile(0.5), p95: percentile(0.95), max: frames.at(-1), seconds: (before - started) / 1000,
    rows: scroller.querySelectorAll("li").length, last: Number(last().ariaPosInSet),
  };
}
"""
_OPEN_NEXT = """
async () => {
  const title = () => document.querySelector("h1")?.textContent;
  const before = title();
  const started = performance.now();
  document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "j", code: "KeyJ", bubbles: true }));
  while ([undefined, before].includes(title())) await new Promise(requestAnimationFrame);
  return performance.now() - started;
}
"""
_LARGE_LIST = """\
The list scrolls through all tickets, 500 pixels per frame, with the same slowdown. It loads 50 tickets at a time. After
{seconds:.0f} s it shows ticket {last:,}, with {rows} rows in the DOM. A frame takes {p50:.0f} ms (median), {p95:.0f} ms
(95th percentile), {max:.0f} ms (maximum). Then the key `j` opens the next ticket in {opened:.0f} ms (median)."""


_TEXT = """# Web vitals

`make vitals` writes this page. Chromium runs with a CPU slowdown of 4, 10 Mbit/s, 40 ms of latency and an empty cache,
on the same machine as the local stack. Each figure is the median of three visits. On a shared machine, two runs of
nearly the same client differed by 40 % in largest contentful paint and by a factor of two in total blocking time.

{taken}

| page | largest contentful paint | total blocking time | cumulative layout shift |
|---|---|---|---|
{rows}

Good values are at most 2.5 s, 200 ms and 0.1 (Core Web Vitals, Lighthouse). The blocking time includes code that runs
after the page is usable (menus, live notifications). `make check` fails if a customer's pages need more than 200 kB of
compressed JavaScript before they are usable (`web/tools/budget.ts`).

## Ticket list with {tickets} tickets

{large_list}
"""


async def measure_page(browser: Browser, url: str, path: str, person: Person | None) -> dict[str, float]:
    """One visit with an empty cache: `lcp` and `tbt` in ms, `cls`."""
    visitor = await Visitor.open(browser, url, size=WIDE)
    if person:
        await visitor.log_in(person)
    await throttle(visitor)
    page = visitor.page
    await page.add_init_script(_OBSERVE)
    await visitor.goto(path)
    await visitor.wait_until_loaded()
    await page.wait_for_timeout(2000)  # includes late layout shifts and long tasks
    vitals: dict[str, float] = await page.evaluate("window.vitals")
    await visitor.context.close()
    return vitals


async def throttle(visitor: Visitor) -> None:
    session = await visitor.context.new_cdp_session(visitor.page)
    await session.send("Network.enable")
    await session.send("Network.clearBrowserCache")
    await session.send("Network.emulateNetworkConditions", NETWORK)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": CPU_SLOWDOWN})


async def measure_large_list(browser: Browser, stack: RunningStack) -> str:
    """Returns a paragraph of the report."""
    async with stack.mongo() as client:
        tickets = client["tickets"]["tickets"]
        newest = await tickets.find_one({}, sort=[("number", -1)])
        assert newest is not None
        await insert_tickets(client["tickets"], newest["organisation_id"], TICKETS, after_number=newest["number"])
    visitor = await Visitor.open(browser, stack.url, size=WIDE)
    await visitor.log_in(ROBIN)
    await throttle(visitor)
    await visitor.goto("/desk?queue=all")
    await visitor.wait_until_loaded()
    scrolled: dict[str, float] = await visitor.page.evaluate(_SCROLL)
    opened = [await visitor.page.evaluate(_OPEN_NEXT) for _ in range(2 * VISITS + 1)][1:]
    await visitor.context.close()
    return _LARGE_LIST.format(**scrolled, opened=median(opened))


async def _main() -> None:
    async with AsyncExitStack() as cleanup:
        directory = Path(cleanup.enter_context(tempfile.TemporaryDirectory()))
        running = running_stack(directory / "data", environment={"HELPDESK_RATE_LIMITS": "off"})
        stack = await cleanup.enter_async_context(running)
        browser = await cleanup.enter_async_context(running_browser())
        rows = []
        for name, path, person in PAGES:
            visits = [await measure_page(browser, stack.url, path, person) for _ in range(VISITS)]
            lcp, tbt, cls = (median(visit[key] for visit in visits) for key in ("lcp", "tbt", "cls"))
            rows.append(f"| {name} | {lcp / 1000:.2f} s | {tbt:.0f} ms | {cls:.3f} |")
        large_list = await measure_large_list(browser, stack)
    machine = describe_machine()
    hardware = f"{machine['cores']} cores, {machine['processor']}"
    taken = f"Measured {datetime.now(UTC):%Y-%m-%d}, commit {machine['commit']}, {hardware}."
    REPORT.write_text(_TEXT.format(taken=taken, rows="\n".join(rows), tickets=f"{TICKETS:,}", large_list=large_list))


if __name__ == "__main__":
    asyncio.run(_main())
