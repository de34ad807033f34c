"""An agent works by keyboard only."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect

from stack.demo_people import CASEY, ROBIN
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import ApiLogin

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def tab_to(page: Page, wanted: Locator) -> None:
    for _ in range(40):
        if await wanted.evaluate("(element) => element === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {wanted}")


async def choose(page: Page, key: str, option: str) -> None:
    """Opens a select by its shortcut and chooses an option by the arrow keys."""
    await page.keyboard.press(key)
    wanted = page.get_by_role("option", name=option).first
    await expect(wanted).to_be_visible()
    for _ in range(12):
        if await wanted.get_attribute("data-combobox-selected"):
            break
        await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(wanted).to_be_hidden()
    await page.evaluate("document.activeElement.blur()")


async def test_an_agent_works_by_keyboard_only(open_visitor: OpenVisitor, api: ApiLogin, size: tuple[int, int]) -> None:
    customer = await api(CASEY.email, CASEY.password)
    word = uuid4().hex[:8]
    titles = [f"Keys {word} {what}" for what in ("older", "newer")]
    for title in titles:
        await customer.send("POST", "/tickets", json={"title": title, "description": "Please."}, key=title)
    visitor = await open_visitor(size=size)
    page, keyboard = visitor.page, visitor.page.keyboard

    await visitor.goto("/")
    await tab_to(page, page.get_by_label("Email address"))
    await keyboard.type(ROBIN.email)
    await tab_to(page, page.get_by_label("Password", exact=True))
    await keyboard.type(ROBIN.password)
    await keyboard.press("Enter")
    await expect(page.get_by_role("region", name="Tickets")).to_contain_text(titles[1])

    await keyboard.press("/")
    await keyboard.type(word)
    rows = page.locator('a[href*="/desk/"]')
    await expect(rows).to_have_count(2)
    await expect(page).to_have_url(re.compile("[?&]q="))  # the URL holds the search
    await keyboard.press("Tab")
    await page.evaluate("document.activeElement.blur()")
    await keyboard.press("j")
    await expect(page.get_by_role("heading", level=1)).to_have_text(titles[1])
    await keyboard.press("j")
    await expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])

    await keyboard.press("r")
    await keyboard.type("We look into it.")
    await keyboard.press("Control+Enter")
    await expect(page.get_by_role("article", name="Message from Robin Weiss")).to_contain_text("We look into it.")
    await page.evaluate("document.activeElement.blur()")
    await keyboard.press("n")
    await keyboard.type("The lamp again.")
    await keyboard.press("Control+Enter")
    note = page.get_by_role("article", name="Internal note from Robin Weiss")
    await expect(note).to_contain_text("The lamp again.")
    await page.evaluate("document.activeElement.blur()")

    await choose(page, "a", "Robin Weiss (me)")
    await choose(page, "s", "In progress")
    await expect(page.locator("h1 + *")).to_contain_text("In progress")

    await keyboard.press("u")
    await expect(rows.first).to_contain_text(titles[0])  # last updated first
    await keyboard.press("j")
    await expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])
    await keyboard.press("j")
    await expect(page.get_by_role("heading", level=1)).to_have_text(titles[1])
    await keyboard.press("k")
    await expect(page.get_by_role("heading", level=1)).to_have_text(titles[0])
    await keyboard.press("Shift+?")
    await expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    await keyboard.press("Escape")
    await keyboard.press("Control+k")
    await page.get_by_placeholder("Search tickets or type a command").wait_for()
    await keyboard.type("desk: my")
    await keyboard.press("Enter")
    await expect(page).to_have_url(re.compile("queue=mine"))
    await expect(page.get_by_role("region", name="Tickets")).to_contain_text(titles[0])
    await expect(page.get_by_role("region", name="Tickets")).not_to_contain_text(titles[1])


async def test_a_draft_survives_a_reload(open_visitor: OpenVisitor, api: ApiLogin) -> None:
    customer = await api(CASEY.email, CASEY.password)
    title = f"Draft {uuid4().hex[:8]}"
    await customer.send("POST", "/tickets", json={"title": title, "description": "Please."}, key=title)
    visitor = await open_visitor()
    page = visitor.page
    await visitor.log_in(ROBIN)
    await page.get_by_role("link", name=title).click()
    await page.get_by_role("textbox", name="Reply").fill("Half a sent")

    await page.reload()

    await expect(page.get_by_role("textbox", name="Reply")).to_have_value("Half a sent")
    await expect(page.get_by_role("link", name=title)).to_contain_text(title)
    await expect(page.get_by_role("link", name=title).get_by_label("Draft")).to_be_visible()


async def test_an_agent_creates_a_ticket_for_somebody_who_is_not_listed_yet(
    open_visitor: OpenVisitor, size: tuple[int, int]
) -> None:
    email = f"anna.{uuid4().hex[:8]}@example.org"
    visitor = await open_visitor(size=size)
    page, keyboard = visitor.page, visitor.page.keyboard
    await visitor.log_in(ROBIN, path="/tickets/new")
    await page.get_by_label("Subject").fill("Call from Anna")
    await page.get_by_label("How can we help?").fill("The lamp is dark.")
    await page.get_by_role("combobox", name="Customer").fill(email)
    await expect(page.get_by_text("No match")).to_be_visible()
    await keyboard.press("Escape")
    await tab_to(page, page.get_by_role("button", name="Add a contact"))
    await keyboard.press("Enter")

    dialog = page.get_by_role("dialog", name="Add a contact")
    await expect(dialog.get_by_label("Email address")).to_have_value(email)
    await expect(dialog.get_by_label("Email address")).to_be_focused()
    await tab_to(page, dialog.get_by_label("Name"))
    await keyboard.type("Anna Meier")
    assert await visitor.accessibility_violations() == []
    await keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    await expect(page.get_by_role("combobox", name="Customer")).to_have_value("Anna Meier")
    await expect(page.get_by_text(f"We'll email our replies to {email}.")).to_be_visible()
    await page.get_by_role("button", name="Submit ticket").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Call from Anna")
    await expect(page.get_by_role("article").first).to_contain_text("Anna Meier")
