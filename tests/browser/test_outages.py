"""Drafts and messages survive network, server and session outages."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

import pytest
from playwright.async_api import Page, Request, Route, expect

from stack.demo_people import CASEY, ROBIN
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import ApiLogin, expect_last_message, new_ticket
from tests.support.eventually import eventually
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_message_sent_offline_is_delivered_when_the_network_returns(
    open_visitor: OpenVisitor, api: ApiLogin, size: tuple[int, int]
) -> None:
    ticket = await new_ticket(api, f"Offline {uuid4().hex[:8]}")
    visitor = await open_visitor(size=size)
    page = visitor.page
    await visitor.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    reply = page.get_by_role("textbox", name="Reply")
    await reply.fill("Written in ")

    await visitor.context.set_offline(True)
    await expect(page.get_by_text("You're offline")).to_be_visible()
    await reply.fill("Written in a tunnel")
    await reply.press("Control+Enter")
    await expect(page.get_by_role("article").last).to_contain_text("Waiting for connection")
    await visitor.context.set_offline(False)

    await expect(page.get_by_text("You're offline")).to_be_hidden()
    await expect_last_message(page, "Written in a tunnel")
    agent = await api(ROBIN.email, ROBIN.password)
    messages = (await agent.send("GET", f"/tickets/{ticket['id']}/messages")).json()["items"]
    assert [message["body"] for message in messages] == ["Written in a tunnel"]


async def test_a_message_left_pending_is_sent_once_and_leaves_no_draft(
    open_visitor: OpenVisitor, api: ApiLogin
) -> None:
    ticket = await new_ticket(api, f"Left {uuid4().hex[:8]}")
    visitor = await open_visitor()
    page = visitor.page
    await visitor.log_in(CASEY, path="/tickets")
    await page.get_by_role("link", name=ticket["title"]).click()
    reply = page.get_by_role("textbox", name="Reply")
    await reply.fill("Sent in a tunnel")
    await visitor.context.set_offline(True)
    await reply.press("Control+Enter")
    await expect(page.get_by_role("article").last).to_contain_text("Waiting for connection")

    await page.get_by_role("link", name="My tickets").first.click()
    await page.get_by_role("link", name=ticket["title"]).click()
    await expect(page.get_by_role("article").last).to_contain_text("Waiting for connection")
    await expect(reply).to_have_value("")
    await page.get_by_role("link", name="My tickets").first.click()
    await visitor.context.set_offline(False)

    await page.get_by_role("link", name=ticket["title"]).click()
    await expect_last_message(page, "Sent in a tunnel")
    await expect(reply).to_have_value("")
    agent = await api(ROBIN.email, ROBIN.password)
    messages = (await agent.send("GET", f"/tickets/{ticket['id']}/messages")).json()["items"]
    assert [message["body"] for message in messages] == ["Sent in a tunnel"]


async def test_a_server_outage_shows_a_banner_and_loses_no_text(
    open_visitor: OpenVisitor, api: ApiLogin, stack: RunningStack
) -> None:
    ticket = await new_ticket(api, f"Down {uuid4().hex[:8]}")
    visitor = await open_visitor()
    page = visitor.page
    await visitor.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    reply = page.get_by_role("textbox", name="Reply")
    await reply.fill("Is anybody there?")

    await stack.control("stop", "tickets")
    try:
        await reply.press("Control+Enter")
        await expect(page.get_by_role("status").filter(has_text="Can't reach the server")).to_be_visible()
        await expect(page.get_by_role("alert")).to_be_visible()
        await expect(reply).to_have_value("Is anybody there?")
    finally:
        await stack.control("start", "tickets")

    await expect(page.get_by_text("Can't reach the server")).to_be_hidden()
    await page.get_by_role("button", name="Try again").click()
    await expect_last_message(page, "Is anybody there?")
    await expect(reply).to_have_value("")


async def test_an_expired_session_asks_for_the_password_and_keeps_the_page(
    open_visitor: OpenVisitor, api: ApiLogin
) -> None:
    ticket = await new_ticket(api, f"Session {uuid4().hex[:8]}")
    visitor = await open_visitor()
    page = visitor.page
    await visitor.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    reply = page.get_by_role("textbox", name="Reply")
    await reply.fill("A long thought")

    elsewhere = await api(CASEY.email, CASEY.password)
    await elsewhere.send("DELETE", "/auth/sessions")
    await reply.press("Control+Enter")
    again = page.get_by_role("dialog", name="Log in again")
    await again.get_by_label("Password", exact=True).fill(CASEY.password)
    await again.get_by_role("button", name="Log in").click()

    await expect(again).to_be_hidden()
    await expect_last_message(page, "A long thought")


@asynccontextmanager
async def delayed_message_post(page: Page) -> AsyncIterator[asyncio.Future[Request]]:
    """Holds the first message POST of this block until its end."""
    sent: asyncio.Future[Request] = asyncio.get_running_loop().create_future()
    end = asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method == "POST" and not sent.done():
            sent.set_result(route.request)
            await end.wait()
        await route.continue_()

    await page.route("**/messages", hold)
    try:
        yield sent
    finally:
        end.set()


async def test_a_pending_message_is_never_sent_as_another_user(open_visitor: OpenVisitor, api: ApiLogin) -> None:
    ticket = await new_ticket(api, f"Elsewhere {uuid4().hex[:8]}")
    visitor = await open_visitor()
    page = visitor.page
    await visitor.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    await page.get_by_role("textbox", name="Reply").fill("By Casey")
    async with delayed_message_post(page) as sent:
        await page.get_by_role("textbox", name="Reply").press("Control+Enter")
        await (await api(CASEY.email, CASEY.password)).send("DELETE", "/auth/sessions")
        token = {"Authorization": (await sent).headers["authorization"]}

        async def is_revoked() -> None:
            answer = await page.request.get(f"{visitor.url}/api/v1/tickets", headers=token)
            assert answer.status == 401

        await eventually(is_revoked)
    await expect(page.get_by_role("dialog", name="Log in again")).to_be_visible()

    tab = await visitor.context.new_page()
    await tab.goto(f"{visitor.url}/login")
    await tab.get_by_label("Email address").fill(ROBIN.email)
    await tab.get_by_label("Password", exact=True).fill(ROBIN.password)
    await tab.get_by_role("button", name="Log in").click()
    await expect(tab.get_by_role("button", name="account menu")).to_be_visible()

    await expect(page.get_by_role("dialog", name="Log in again")).to_have_count(0)
    await expect(page.get_by_role("button", name=f"{ROBIN.name}: account menu")).to_be_visible()
    agent = await api(ROBIN.email, ROBIN.password)
    assert (await agent.send("GET", f"/tickets/{ticket['id']}/messages")).json()["items"] == []


async def test_a_chunk_that_failed_to_load_is_fetched_when_the_network_returns(open_visitor: OpenVisitor) -> None:
    visitor = await open_visitor()
    page = visitor.page
    await visitor.log_in(CASEY)
    await visitor.wait_until_loaded()
    await page.route("**/assets/SessionsPart-*.js", lambda route: route.abort())
    await visitor.goto("/account/sessions")
    await expect(page.get_by_role("heading", name="Your account")).to_be_visible()

    await page.unroute("**/assets/SessionsPart-*.js")
    await page.evaluate("window.dispatchEvent(new Event('online'))")

    await expect(page.get_by_text("Chrome · ").first).to_be_visible()
