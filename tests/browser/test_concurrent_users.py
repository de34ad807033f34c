"""Several people work on the same ticket and see each other's changes."""

from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from stack.demo_people import CASEY, ROBIN, SASHA
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import ApiLogin, new_ticket

pytestmark = pytest.mark.asyncio(loop_scope="session")

LIVE_MS = 2000
"""Shorter than any polling, so that only the live stream can bring a change in time."""


async def set_property(page: Page, label: str, option: str) -> None:
    """Chooses an option in the properties pane, which a button opens on a phone."""
    field = page.get_by_role("combobox", name=label).or_(page.get_by_role("textbox", name=label)).first
    if not await field.is_visible():
        await page.get_by_role("button", name="Properties").click()
    await field.click()
    await page.get_by_role("option", name=option, exact=True).click()


async def test_two_agents_change_one_ticket_without_overwriting_each_other(
    open_visitor: OpenVisitor, api: ApiLogin, size: tuple[int, int]
) -> None:
    ticket = await new_ticket(api, f"Both {uuid4().hex[:8]}")
    robin, sasha = await open_visitor(size=size), await api(SASHA.email, SASHA.password)
    page = robin.page
    await robin.log_in(ROBIN, path=f"/tickets/{ticket['id']}")
    await expect(page.get_by_role("heading", name=ticket["title"])).to_be_visible()
    # Blocks live updates to Robin's page, as if both agents clicked at the same moment.
    async with page.expect_event("requestfailed"):  # earlier requests are answered by then
        await page.route("**/api/v1/tickets/changes?*after_position=*", lambda route: route.abort())

    await sasha.send("PATCH", f"/tickets/{ticket['id']}", json={"category": "Lamps"})
    await set_property(page, "Priority", "Urgent")
    await expect(page.get_by_text("Changed in the meantime: Category")).to_be_visible()
    both = (await sasha.send("GET", f"/tickets/{ticket['id']}")).json()
    assert (both["category"], both["priority"]) == ("Lamps", "urgent")

    await sasha.send("PATCH", f"/tickets/{ticket['id']}", json={"priority": "low"})
    await set_property(page, "Priority", "High")
    dialog = page.get_by_role("dialog", name="Someone else changed this first")
    await expect(dialog.get_by_role("row", name="Priority")).to_contain_text("Low")
    assert (await sasha.send("GET", f"/tickets/{ticket['id']}")).json()["priority"] == "low"
    async with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        await dialog.get_by_role("button", name="Use mine").click()
    await expect(dialog).to_be_hidden()
    assert (await sasha.send("GET", f"/tickets/{ticket['id']}")).json()["priority"] == "high"


async def test_changes_show_live_for_others(open_visitor: OpenVisitor, api: ApiLogin, size: tuple[int, int]) -> None:
    title = f"Live {uuid4().hex[:8]}"
    robin, casey = await open_visitor(size=size), await open_visitor(size=size)
    await robin.log_in(ROBIN)
    await casey.log_in(CASEY)
    await robin.wait_until_loaded()
    row = robin.page.get_by_role("link", name=title)

    await new_ticket(api, title)
    await expect(row).to_be_visible(timeout=LIVE_MS)

    await row.click()
    await expect(robin.page.get_by_role("article")).to_have_count(1)
    await casey.goto("/tickets")
    await casey.page.get_by_role("link", name=title).click()
    reply = casey.page.get_by_role("textbox", name="Reply")
    await reply.fill("Are you there?")
    await reply.press("Control+Enter")
    await expect(casey.page.get_by_role("article").last).to_contain_text("Are you there?")
    await expect(robin.page.get_by_role("article").last).to_contain_text("Are you there?", timeout=LIVE_MS)

    await robin.page.get_by_role("textbox", name="Reply").fill("I am.")
    await robin.page.get_by_role("button", name="Send").click()
    await expect(robin.page.get_by_role("article").last).to_contain_text("I am.")
    await expect(casey.page.get_by_role("article").last).to_contain_text("I am.", timeout=LIVE_MS)


async def test_a_notification_shows_as_toast_counts_as_unread_and_can_be_read(
    open_visitor: OpenVisitor, api: ApiLogin, size: tuple[int, int]
) -> None:
    ticket = await new_ticket(api, f"Bell {uuid4().hex[:8]}")
    agent = await api(ROBIN.email, ROBIN.password)
    await agent.send("PATCH", f"/tickets/{ticket['id']}", json={"status": "open"})
    casey = await open_visitor(size=size)
    page = casey.page
    await casey.log_in(CASEY)
    await page.get_by_role("button", name="Notifications").click()
    await expect(page.get_by_role("dialog").get_by_role("link", name=f"#{ticket['number']}")).to_be_visible()
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    await page.keyboard.press("Escape")

    await agent.send("POST", f"/tickets/{ticket['id']}/messages", json={"body": "Here."}, key=ticket["id"])

    await expect(page.get_by_text(f"Robin Weiss replied to your ticket #{ticket['number']}")).to_be_visible()
    bell = page.get_by_role("button", name="Notifications, 1 unread")
    await bell.click()
    replied = f"replied to your ticket #{ticket['number']}"
    notification = page.get_by_role("dialog").get_by_role("listitem").filter(has_text=replied)
    await notification.get_by_role("button", name="Mark as read").click()
    await notification.get_by_role("button", name="Mark as unread").click()
    await expect(bell).to_be_visible()
    await notification.get_by_role("link").click()
    await expect(page.get_by_role("heading", name=ticket["title"])).to_be_visible()
    await expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()


async def test_a_note_shows_live_for_another_agent(open_visitor: OpenVisitor, api: ApiLogin) -> None:
    ticket = await new_ticket(api, f"Noted {uuid4().hex[:8]}")
    sasha = await api(SASHA.email, SASHA.password)
    robin = await open_visitor()
    await robin.log_in(ROBIN, path=f"/tickets/{ticket['id']}")
    await expect(robin.page.get_by_role("article")).to_have_count(1)

    note = {"body": "For us alone.", "visibility": "internal"}
    await sasha.send("POST", f"/tickets/{ticket['id']}/messages", json=note, key=ticket["id"])

    await expect(robin.page.get_by_role("article").last).to_contain_text("For us alone.", timeout=2 * LIVE_MS)
