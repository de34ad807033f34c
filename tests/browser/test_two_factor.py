"""Two-factor authentication is set up in the client and required at the next login."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisitor
from tests.browser.steps import new_customer
from tests.support.credentials import App

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_factor_authentication_is_set_up_and_then_required(
    open_visitor: OpenVisitor, size: tuple[int, int]
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    page = visitor.page
    await visitor.sign_up(person)
    await visitor.goto("/account/security")
    await page.get_by_role("button", name="Set up").click()
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    await expect(page.get_by_label("Code")).to_be_focused()
    app = App(await page.get_by_test_id("totp-secret").inner_text())
    await page.get_by_label("Code").fill(app.wrong_code())
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.get_by_role("alert")).to_contain_text("This code is incorrect")
    await page.get_by_label("Code").fill(app.code())
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.get_by_text("Keep them in a safe place")).to_be_visible()
    await expect(page.get_by_role("button", name="Copy")).to_be_focused()
    recovery_codes = (
        await page.get_by_role("list", name="Your recovery codes").get_by_role("listitem").all_inner_texts()
    )
    assert len(recovery_codes) >= 8
    await page.get_by_role("button", name="I've saved them").click()
    await expect(page.get_by_text("You need your password and a code to log in.")).to_be_visible()

    for code in (app.code(), recovery_codes[0]):
        await page.get_by_role("button", name=f"{person.name}: account menu").click()
        await page.get_by_role("menuitem", name="Log out").click()
        await page.get_by_label("Email address").fill(person.email)
        await page.get_by_label("Password", exact=True).fill(person.password)
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_label("Code").fill(code)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", name="Your account")).to_be_visible()  # where they were before
