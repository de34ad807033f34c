"""A customer from signing up to a resolved ticket, and back in after forgetting the password."""

from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from stack.demo_people import ROBIN
from tests.browser.conftest import Arrive
from tests.browser.mailbox import link_in_mail
from tests.browser.steps import LogIn, somebody
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


async def hand_over(page: Page, label: str, how: str, name: str) -> None:
    """A file, dropped on or pasted into a field."""
    field = await page.get_by_label(label).element_handle()
    await page.evaluate(how, [field, name, f"This is {name}."])


async def test_a_customer_asks_and_is_helped(
    arrive: Arrive,
    stack: RunningStack,
    api: LogIn,
    size: tuple[int, int],
    tmp_path: Path,
) -> None:
    person, visitor = somebody(), await arrive(size=size)
    page = visitor.page
    await visitor.signs_up(person)
    await expect(page.get_by_text("You have no tickets yet")).to_be_visible()

    await visitor.goes_to(await link_in_mail(stack, person.email, "/verify-email"))
    await page.get_by_role("button", name="Verify").click()
    await expect(page.get_by_text("your address is verified")).to_be_visible()
    await page.get_by_role("link", name="Go on").click()

    await page.get_by_role("main").get_by_role("link", name="New ticket").click()
    title = f"The lamp is dark {uuid4().hex[:6]}"
    await page.get_by_label("What is it about?").fill(title)
    await page.get_by_label("What happened?").fill("It was **fine** yesterday.")
    (tmp_path / "picked.txt").write_text("This is picked.txt.")
    await page.locator("input[type=file]").set_input_files(tmp_path / "picked.txt")
    await hand_over(page, "What happened?", _DROP, "dropped.txt")
    await hand_over(page, "What happened?", _PASTE, "pasted.txt")
    await expect(page.get_by_role("list", name="Files").get_by_role("listitem")).to_have_count(3)
    await page.get_by_role("button", name="Open the ticket").click()
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
    for does, becomes in (("That is resolved", "Resolved"), ("Close", "Closed"), ("Reopen", "Open")):
        await page.get_by_role("button", name=does).click()
        await expect(page.locator("h1 + *")).to_contain_text(becomes)
    await expect(page.get_by_text("Probably not")).to_have_count(0)

    await page.get_by_role("link", name="My tickets").first.click()
    await expect(page.get_by_role("listitem").filter(has_text=title)).to_contain_text("Open")


async def test_a_customer_forgets_the_password_and_speaks_german(
    arrive: Arrive, stack: RunningStack, size: tuple[int, int]
) -> None:
    person, visitor = somebody(), await arrive(size=size)
    page = visitor.page
    await visitor.signs_up(person)
    await visitor.goes_to("/account")
    await page.get_by_label("Name", exact=True).fill("Nika Nováková")
    await page.get_by_label("Language").select_option("Deutsch")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("heading", name="Ihr Konto")).to_be_visible()
    await visitor.goes_to("/account/notifications")
    switch = page.get_by_role("switch", name="Antwort").first
    before = await switch.is_checked()
    await switch.click(force=True)
    await expect(switch).to_be_checked(checked=not before)
    await visitor.goes_to("/account/sessions")
    await expect(page.get_by_text("Chrome · ")).to_have_count(1)

    await page.get_by_role("button", name="Nika Nováková").click()
    await page.get_by_role("menuitem", name="Abmelden").click()
    await page.get_by_role("link", name="Passwort vergessen?").click()
    # The page before has a field of that name, too.
    await expect(page.get_by_role("heading", name="Passwort vergessen")).to_be_visible()
    await page.get_by_label("E-Mail-Adresse").fill(person.email)
    await page.locator("button[type=submit]").click()
    await expect(page.get_by_role("status").last).to_contain_text("Mail")
    await visitor.goes_to(await link_in_mail(stack, person.email, "/reset-password"))
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
