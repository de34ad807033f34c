"""Several people at the same ticket, and what each sees of the others."""

import time
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from stack.demo_people import CASEY, ROBIN, SASHA
from tests.browser.conftest import Arrive
from tests.browser.steps import LogIn, new_ticket

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def set_property(page: Page, label: str, option: str) -> None:
    """In the pane beside the conversation, or behind its button on a phone."""
    field = page.get_by_role("combobox", name=label).or_(page.get_by_role("textbox", name=label)).first
    if not await field.is_visible():
        await page.get_by_role("button", name="Properties").click()
    await field.click()
    await page.get_by_role("option", name=option, exact=True).click()


async def test_two_agents_change_one_ticket_and_none_overwrites_the_other(
    arrive: Arrive, api: LogIn, size: tuple[int, int]
) -> None:
    ticket = await new_ticket(api, f"Both {uuid4().hex[:8]}")
    robin, sasha = await arrive(size=size), await api(SASHA.email, SASHA.password)
    page = robin.page
    await robin.logs_in(ROBIN, path=f"/tickets/{ticket['id']}")
    await expect(page.get_by_role("heading", name=ticket["title"])).to_be_visible()
    # Robin's page hears nothing of Sasha for a while, as if the two pressed at the same moment.
    async with page.expect_event("requestfailed"):  # what was asked before that is answered by then
        await page.route("**/api/v1/tickets?*updated_after=*", lambda route: route.abort())

    await sasha.send("PATCH", f"/tickets/{ticket['id']}", json={"category": "Lamps"})
    await set_property(page, "Priority", "Urgent")
    await expect(page.get_by_text("Changed meanwhile: Category")).to_be_visible()
    both = (await sasha.send("GET", f"/tickets/{ticket['id']}")).json()
    assert (both["category"], both["priority"]) == ("Lamps", "urgent")

    await sasha.send("PATCH", f"/tickets/{ticket['id']}", json={"priority": "low"})
    await set_property(page, "Priority", "High")
    dialog = page.get_by_role("dialog", name="Somebody was faster")
    await expect(dialog.get_by_role("row", name="Priority")).to_contain_text("Low")
    assert (await sasha.send("GET", f"/tickets/{ticket['id']}")).json()["priority"] == "low"
    async with page.expect_response(lambda answer: answer.request.method == "PATCH" and answer.ok):
        await dialog.get_by_role("button", name="Use mine").click()
    await expect(dialog).to_be_hidden()
    assert (await sasha.send("GET", f"/tickets/{ticket['id']}")).json()["priority"] == "high"


async def test_what_one_does_the_other_sees_within_two_seconds(
    arrive: Arrive, api: LogIn, size: tuple[int, int]
) -> None:
    title = f"Live {uuid4().hex[:8]}"
    robin, casey = await arrive(size=size), await arrive(size=size)
    await robin.logs_in(ROBIN)
    await casey.logs_in(CASEY)
    await robin.everything_is_there()
    row = robin.page.get_by_role("link", name=title)

    await new_ticket(api, title)
    began = time.monotonic()
    await expect(row).to_be_visible()
    assert time.monotonic() - began < 2

    await row.click()
    await expect(robin.page.get_by_role("article")).to_have_count(1)
    await casey.goes_to("/tickets")
    await casey.page.get_by_role("link", name=title).click()
    reply = casey.page.get_by_role("textbox", name="Reply")
    await reply.fill("Are you there?")
    await reply.press("Control+Enter")
    await expect(casey.page.get_by_role("article").last).to_contain_text("Are you there?")
    began = time.monotonic()
    await expect(robin.page.get_by_role("article").last).to_contain_text("Are you there?")
    assert time.monotonic() - began < 2

    await robin.page.get_by_role("textbox", name="Reply").fill("I am.")
    await robin.page.get_by_role("button", name="Send").click()
    await expect(robin.page.get_by_role("article").last).to_contain_text("I am.")
    began = time.monotonic()
    await expect(casey.page.get_by_role("article").last).to_contain_text("I am.")
    assert time.monotonic() - began < 2


async def test_the_bell_counts_toasts_and_is_read(arrive: Arrive, api: LogIn, size: tuple[int, int]) -> None:
    ticket = await new_ticket(api, f"Bell {uuid4().hex[:8]}")
    agent = await api(ROBIN.email, ROBIN.password)
    await agent.send("PATCH", f"/tickets/{ticket['id']}", json={"status": "open"})
    casey = await arrive(size=size)
    page = casey.page
    await casey.logs_in(CASEY)
    await page.get_by_role("button", name="Notifications").click()
    await expect(page.get_by_role("dialog").get_by_role("link", name=f"#{ticket['number']}")).to_be_visible()
    await page.get_by_role("button", name="Mark all as read").click()
    await expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    await page.keyboard.press("Escape")

    await agent.send("POST", f"/tickets/{ticket['id']}/messages", json={"body": "Here."}, key=ticket["id"])

    await expect(page.get_by_text(f"Robin Weiss replied to #{ticket['number']}")).to_be_visible()
    bell = page.get_by_role("button", name="Notifications, 1 unread")
    await bell.click()
    told = page.get_by_role("dialog").get_by_role("listitem").filter(has_text=f"replied to #{ticket['number']}")
    await told.get_by_role("button", name="Mark as read").click()
    await told.get_by_role("button", name="Mark as unread").click()
    await expect(bell).to_be_visible()
    await told.get_by_role("link").click()
    await expect(page.get_by_role("heading", name=ticket["title"])).to_be_visible()
    await expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
