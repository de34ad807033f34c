"""One person with many tabs: one live stream serves all of them, whichever tab is closed or stuck."""

import asyncio
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from stack.demo_people import CASEY, ROBIN
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import ApiLogin, new_ticket
from tests.browser.visitor import Visitor
from tests.support.eventually import eventually
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

STREAM = "**/api/v1/notifications/stream"
LIVE_MS = 3000
TAKEOVER_MS = 5000
"""The longest that another tab takes to replace one that no longer reads the stream."""
TABS = 8
"""More than the six connections that a browser opens to one host over HTTP/1.1."""


class Streams:
    """The live streams that the pages of a visitor have open."""

    def __init__(self, visitor: Visitor) -> None:
        self._open: dict[Page, int] = {}
        visitor.context.on("request", lambda request: self._count(request.url, request.frame.page, 1))
        for end in ("requestfinished", "requestfailed"):
            visitor.context.on(end, lambda request: self._count(request.url, request.frame.page, -1))

    def _count(self, url: str, page: Page, change: int) -> None:
        if url.endswith("/notifications/stream"):
            self._open[page] = self._open.get(page, 0) + change

    @property
    def readers(self) -> list[Page]:
        return [page for page, count in self._open.items() if count and not page.is_closed()]

    async def none(self) -> None:
        assert self.readers == []

    async def one_reader(self) -> Page:
        async def found() -> Page:
            assert len(self.readers) == 1
            return self.readers[0]

        return await eventually(found)


async def open_tabs(visitor: Visitor, count: int, path: str) -> list[Page]:
    """More tabs of a visitor who is logged in, each showing its page."""
    tabs = [await visitor.context.new_page() for _ in range(count)]
    for tab in tabs:
        visitor.watch(tab)
    await asyncio.gather(*(tab.goto(visitor.url + path) for tab in tabs))
    for tab in tabs:
        await expect(tab.get_by_role("article").first).to_be_visible()
    return tabs


async def expect_notified(api: ApiLogin, ticket: dict[str, str]) -> None:
    """Waits until Casey's inbox has a notification of a reply in the ticket."""
    casey = await api(CASEY.email, CASEY.password)

    async def notified() -> None:
        found = (await casey.send("GET", "/notifications")).json()["items"]
        assert ("replied", ticket["id"]) in [(each["kind"], each["ticket_id"]) for each in found]

    await eventually(notified)


async def expect_everywhere(tabs: list[Page], text: str, within: float) -> None:
    arrivals = (expect(tab.get_by_role("article").last).to_contain_text(text, timeout=within) for tab in tabs)
    await asyncio.gather(*arrivals)


async def test_a_reply_arrives_in_each_of_eight_tabs_over_http_1(open_visitor: OpenVisitor, api: ApiLogin) -> None:
    ticket = await new_ticket(api, f"Eight {uuid4().hex[:8]}")
    agent = await api(ROBIN.email, ROBIN.password)
    visitor = await open_visitor()
    streams = Streams(visitor)
    await visitor.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    tabs = [visitor.page, *await open_tabs(visitor, TABS - 1, f"/tickets/{ticket['id']}")]
    await streams.one_reader()
    protocol = await visitor.page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol")

    await agent.send("POST", f"/tickets/{ticket['id']}/messages", json={"body": "For all."}, key=ticket["id"])

    await expect_everywhere(tabs, "For all.", LIVE_MS)
    assert protocol == "http/1.1"
    assert len(streams.readers) == 1


async def test_a_reply_during_a_cut_shows_once_the_stream_is_back(
    open_visitor: OpenVisitor, api: ApiLogin, stack: RunningStack
) -> None:
    ticket = await new_ticket(api, f"Cut {uuid4().hex[:8]}")
    agent = await api(ROBIN.email, ROBIN.password)
    visitor = await open_visitor()
    streams = Streams(visitor)
    page = visitor.page
    await visitor.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    await expect(page.get_by_role("article")).to_have_count(1)
    await streams.one_reader()

    await page.route(STREAM, lambda route: route.abort())
    stack.kill("notifications")
    await eventually(streams.none)
    await agent.send("POST", f"/tickets/{ticket['id']}/messages", json={"body": "Missed?"}, key=ticket["id"])
    await expect_notified(api, ticket)
    await page.unroute(STREAM)
    await page.evaluate("window.dispatchEvent(new Event('online'))")

    await expect_everywhere([page], "Missed?", LIVE_MS)


async def test_another_tab_replaces_the_one_that_is_closed_and_misses_nothing(
    open_visitor: OpenVisitor, api: ApiLogin
) -> None:
    ticket = await new_ticket(api, f"Closed {uuid4().hex[:8]}")
    agent = await api(ROBIN.email, ROBIN.password)
    visitor = await open_visitor()
    streams = Streams(visitor)
    await visitor.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    tabs = [visitor.page, *await open_tabs(visitor, 2, f"/tickets/{ticket['id']}")]
    reader = await streams.one_reader()

    await reader.close()
    await agent.send("POST", f"/tickets/{ticket['id']}/messages", json={"body": "Still there?"}, key=ticket["id"])

    await expect_everywhere([tab for tab in tabs if tab is not reader], "Still there?", TAKEOVER_MS)
    assert await streams.one_reader() in tabs


async def test_another_tab_replaces_the_one_that_is_stuck_and_misses_nothing(
    open_visitor: OpenVisitor, api: ApiLogin
) -> None:
    ticket = await new_ticket(api, f"Stuck {uuid4().hex[:8]}")
    agent = await api(ROBIN.email, ROBIN.password)
    visitor = await open_visitor()
    streams = Streams(visitor)
    await visitor.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    tabs = [visitor.page, *await open_tabs(visitor, 2, f"/tickets/{ticket['id']}")]
    reader = await streams.one_reader()
    others = [tab for tab in tabs if tab is not reader]

    await reader.evaluate("void setTimeout(() => { for (;;); })")
    await agent.send("POST", f"/tickets/{ticket['id']}/messages", json={"body": "Not stuck."}, key=ticket["id"])

    await expect_everywhere(others, "Not stuck.", TAKEOVER_MS)
    assert len([tab for tab in others if tab in streams.readers]) == 1


async def test_a_log_out_ends_the_stream_of_all_tabs(open_visitor: OpenVisitor) -> None:
    visitor = await open_visitor()
    streams = Streams(visitor)
    await visitor.log_in(CASEY, path="/tickets")
    other = await visitor.context.new_page()
    await other.goto(f"{visitor.url}/tickets")
    await expect(other.get_by_role("heading", name="My tickets")).to_be_visible()
    reader = await streams.one_reader()
    quiet = other if reader is visitor.page else visitor.page

    await quiet.get_by_role("button", name="account menu").click()
    await quiet.get_by_role("menuitem", name="Log out").click()

    await expect(reader.get_by_label("Email address")).to_be_visible()
    await eventually(streams.none)
