"""A second factor: set up by the page, wanted at the next log-in, and what an organisation can ask of its agents."""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Arrive
from tests.browser.steps import somebody
from tests.support.second_factor import App

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_second_factor_is_set_up_and_then_wanted(arrive: Arrive, size: tuple[int, int]) -> None:
    person, visitor = somebody(), await arrive(size=size)
    page = visitor.page
    await visitor.signs_up(person)
    await visitor.goes_to("/account/security")
    await page.get_by_role("button", name="Set it up").click()
    await expect(page.get_by_role("img", name="QR code")).to_be_visible()
    app = App(await page.get_by_test_id("totp-secret").inner_text())
    await page.get_by_label("Code").fill(app.wrong_code())
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.get_by_role("alert")).to_contain_text("The code is wrong")
    await page.get_by_label("Code").fill(app.code())
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.get_by_text("Keep them in a safe place")).to_be_visible()
    recovery_codes = (
        await page.get_by_role("list", name="Your recovery codes").get_by_role("listitem").all_inner_texts()
    )
    assert len(recovery_codes) >= 8
    await page.get_by_role("button", name="I have kept them").click()
    await expect(page.get_by_text("A log-in needs your password and a code.")).to_be_visible()

    for code in (app.code(), recovery_codes[0]):
        await page.get_by_role("button", name=f"{person.name}: account menu").click()
        await page.get_by_role("menuitem", name="Log out").click()
        await page.get_by_label("E-mail address").fill(person.email)
        await page.get_by_label("Password", exact=True).fill(person.password)
        await page.get_by_role("button", name="Log in").click()
        await page.get_by_label("Code").fill(code)
        await page.get_by_role("button", name="Log in").click()
        await expect(page.get_by_role("heading", name="Your account")).to_be_visible()  # where they were before
