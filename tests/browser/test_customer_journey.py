"""A customer signs up, gets a ticket resolved and resets a forgotten password."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from stack.demo_people import ROBIN
from tests.browser.conftest import OpenVisitor
from tests.browser.mailbox import find_link_in_mail
from tests.browser.steps import ApiLogin, new_customer
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

_DROP = """([field, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/plain" }));
  for (const kind of ["dragover", "drop"])
    field.dispatchEvent(new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true }));
}"""
_PASTE = """([field, name, text]) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name, { type: "text/plain" }));
  field.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


async def add_file(page: Page, label: str, script: str, name: str) -> None:
    """Drops a file on a field, or pastes it into the field."""
    field = await page.get_by_label(label).element_handle()
    await page.evaluate(script, [field, name, f"This is {name}."])


async def test_a_customer_creates_a_ticket_and_gets_it_resolved(
    open_visitor: OpenVisitor,
    stack: RunningStack,
    api: ApiLogin,
    size: tuple[int, int],
    tmp_path: Path,
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    page = visitor.page
    await visitor.sign_up(person)
    await expect(page.get_by_text("You have no tickets yet")).to_be_visible()

    await visitor.follow_mailed_link(await find_link_in_mail(stack, person.email, "/verify-email"))
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_text("Your email address is verified")).to_be_visible()
    await page.get_by_role("link", name="Continue").click()

    await page.get_by_role("main").get_by_role("link", name="New ticket").click()
    title = f"The lamp is dark {uuid4().hex[:6]}"
    await page.get_by_label("Subject").fill(title)
    await page.get_by_label("How can we help?").fill("It was **fine** yesterday.")
    (tmp_path / "picked.txt").write_text("This is picked.txt.")
    await page.locator("input[type=file]").set_input_files(tmp_path / "picked.txt")
    await add_file(page, "How can we help?", _DROP, "dropped.txt")
    await add_file(page, "How can we help?", _PASTE, "pasted.txt")
    await expect(page.get_by_role("list", name="Files").get_by_role("listitem")).to_have_count(3)
    await page.get_by_role("button", name="Submit ticket").click()
    await expect(page.get_by_role("heading", name=title)).to_be_visible()
    await expect(page.get_by_role("strong")).to_have_text("fine")
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Download pasted.txt").click()
    assert Path(await (await download.value).path()).read_text() == "This is pasted.txt."

    agent = await api(ROBIN.email, ROBIN.password)
    path = f"/tickets/{page.url.rsplit('/', 1)[1]}/messages"
    await agent.send("POST", path, json={"body": "Is it _plugged in_?", "visibility": "public"}, key="help")
    await agent.send("POST", path, json={"body": "Probably not.", "visibility": "internal"}, key="note")
    answer = page.get_by_role("article", name="Message from Robin Weiss")
    await expect(answer.get_by_role("emphasis")).to_have_text("plugged in")

    reply = page.get_by_role("textbox", name="Reply")
    await reply.fill("It was not. Thank you!")
    await reply.press("Control+Enter")
    await expect(page.get_by_role("article").last).to_contain_text("It was not. Thank you!")
    for action, status in (("Mark as resolved", "Resolved"), ("Reopen", "Open")):
        await page.get_by_role("button", name=action).click()
        await expect(page.locator("h1 + *")).to_contain_text(status)
    await expect(page.get_by_text("Probably not")).to_have_count(0)

    await page.get_by_role("link", name="My tickets").first.click()
    await expect(page.get_by_role("listitem").filter(has_text=title)).to_contain_text("Open")


async def test_a_customer_switches_to_german_and_resets_the_password(
    open_visitor: OpenVisitor, stack: RunningStack, size: tuple[int, int]
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    page = visitor.page
    await visitor.sign_up(person)
    await visitor.goto("/account")
    await page.get_by_label("Name", exact=True).fill("Nika Nováková")
    await page.get_by_label("Language").select_option("Deutsch")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Ihr Konto")).to_be_visible()
    await visitor.goto("/account/notifications")
    switch = page.get_by_role("switch", name="Antwort").first
    before = await switch.is_checked()
    await switch.click(force=True)
    await expect(switch).to_be_checked(checked=not before)
    await visitor.goto("/account/sessions")
    await expect(page.get_by_text("Chrome · ")).to_have_count(1)

    await page.get_by_role("button", name="Nika Nováková").click()
    await page.get_by_role("menuitem", name="Abmelden").click()
    await page.get_by_role("link", name="Passwort vergessen?").click()
    await expect(page.get_by_role("heading", name="Passwort zurücksetzen")).to_be_visible()
    await page.get_by_label("E-Mail-Adresse").fill(person.email)
    await page.locator("button[type=submit]").click()
    await expect(page.get_by_role("status").last).to_contain_text("Mail")
    await visitor.follow_mailed_link(await find_link_in_mail(stack, person.email, "/reset-password"))
    await page.locator("input[type=password]").fill("another-long-secret")
    await page.locator("button[type=submit]").click()
    await expect(page.locator("form")).to_have_count(0)
    await page.get_by_role("link").last.click()
    await page.get_by_label("E-Mail-Adresse").fill(person.email)
    await page.locator("input[type=password]").fill(person.password)
    await page.locator("button[type=submit]").click()
    await expect(page.get_by_role("alert")).to_contain_text("falsch")
    await page.locator("input[type=password]").fill("another-long-secret")
    await page.locator("button[type=submit]").click()
    await expect(page.get_by_role("heading", name="Meine Tickets")).to_be_visible()
