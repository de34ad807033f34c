"""A change of the email address: confirmed with the password, cancelled in the profile or with the link of the mail."""

import pytest
from playwright.async_api import Page, Route, expect

from stack.demo_people import Person
from tests.browser.conftest import OpenVisitor
from tests.browser.mailbox import find_link_in_mail
from tests.browser.steps import new_customer
from tests.browser.visitor import Visitor
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def require_proof_once(page: Page) -> None:
    """The next change of the profile is refused as if the login were long ago."""
    refused: list[str] = []

    async def refuse(route: Route) -> None:
        if route.request.method != "PATCH" or refused:
            await route.continue_()
            return
        refused.append(route.request.url)
        await route.fulfill(status=403, json={"code": "reauthentication_required", "detail": "", "status": 403})

    await page.route("**/api/v1/auth/me", refuse)


async def sign_up_and_verify(visitor: Visitor, stack: RunningStack, person: Person) -> None:
    await visitor.sign_up(person)
    await visitor.goto(await find_link_in_mail(stack, person.email, "/verify-email"))
    await visitor.page.get_by_role("button", name="Verify email address").click()
    await expect(visitor.page.get_by_text("Your email address is verified")).to_be_visible()


async def test_only_a_verified_address_can_be_changed(
    open_visitor: OpenVisitor, stack: RunningStack, size: tuple[int, int]
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    await visitor.sign_up(person)

    await visitor.goto("/account")

    await expect(visitor.page.get_by_text("verify this one first")).to_be_visible()
    await expect(visitor.page.get_by_label("New email address")).to_have_count(0)


async def test_a_change_of_the_address_is_confirmed_with_the_password_and_can_be_cancelled(
    open_visitor: OpenVisitor, stack: RunningStack, size: tuple[int, int]
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    page = visitor.page
    await sign_up_and_verify(visitor, stack, person)
    await visitor.goto("/account")
    await page.get_by_label("New email address").fill(f"new.{person.email}")
    await require_proof_once(page)
    await page.get_by_role("button", name="Change email address").click()

    dialog = page.get_by_role("dialog", name="Confirm that it's you")
    await dialog.get_by_label("Password", exact=True).fill("not the password")
    await dialog.get_by_role("button", name="Confirm").click()
    await expect(dialog.get_by_text("Incorrect password").first).to_be_visible()
    await dialog.get_by_label("Password", exact=True).fill(person.password)
    await dialog.get_by_role("button", name="Confirm").click()

    await expect(page.get_by_text(f"We've sent a link to new.{person.email}")).to_be_visible()
    await page.get_by_role("button", name="Cancel change").click()
    await expect(page.get_by_text(f"We've sent a link to new.{person.email}")).to_have_count(0)


async def test_the_link_in_the_mail_to_the_present_address_cancels_the_change_and_logs_out(
    open_visitor: OpenVisitor, stack: RunningStack, size: tuple[int, int]
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    page = visitor.page
    await sign_up_and_verify(visitor, stack, person)
    await visitor.goto("/account")
    await page.get_by_label("New email address").fill(f"new.{person.email}")
    await page.get_by_role("button", name="Change email address").click()
    await expect(page.get_by_text(f"We've sent a link to new.{person.email}")).to_be_visible()

    owner = await open_visitor(size=size)
    await owner.goto(await find_link_in_mail(stack, person.email, "/cancel-email-change"))
    await owner.page.get_by_role("button", name="Cancel the change").click()

    await expect(owner.page.get_by_text("The change is cancelled")).to_be_visible()
    await page.reload()
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()


async def test_the_link_in_that_mail_undoes_a_change_that_somebody_else_has_confirmed(
    open_visitor: OpenVisitor, stack: RunningStack, size: tuple[int, int]
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    page = visitor.page
    await sign_up_and_verify(visitor, stack, person)
    await visitor.goto("/account")
    await page.get_by_label("New email address").fill(f"thief.{person.email}")
    await page.get_by_role("button", name="Change email address").click()
    await visitor.goto(await find_link_in_mail(stack, f"thief.{person.email}", "/verify-email"))
    await page.get_by_role("button", name="Verify email address").click()
    await expect(page.get_by_text("Your email address is verified")).to_be_visible()

    owner = await open_visitor(size=size)
    await owner.goto(await find_link_in_mail(stack, person.email, "/cancel-email-change"))
    await owner.page.get_by_role("button", name="Cancel the change").click()
    await owner.page.get_by_role("link", name="Reset your password").click()

    await owner.page.get_by_label("Email address").fill(person.email)
    await owner.page.get_by_role("button", name="Send link").click()
    await find_link_in_mail(stack, person.email, "/reset-password")
    await visitor.goto("/account")
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()


async def test_a_new_address_is_confirmed_in_another_browser_with_the_password(
    open_visitor: OpenVisitor, stack: RunningStack, size: tuple[int, int]
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    await visitor.sign_up(person)

    phone = await open_visitor(size=size)
    await phone.goto(await find_link_in_mail(stack, person.email, "/verify-email"))
    await phone.page.get_by_role("button", name="Verify email address").click()
    await expect(phone.page.get_by_label("Password", exact=True)).to_be_focused()
    await phone.page.keyboard.press("Enter")
    await expect(phone.page.get_by_text("Enter your password.")).to_be_visible()
    await phone.page.get_by_label("Password", exact=True).fill(person.password)
    await phone.page.keyboard.press("Enter")

    await expect(phone.page.get_by_text("Your email address is verified")).to_be_visible()
