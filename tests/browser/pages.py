"""All pages of the client, and how to open each."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Page

from stack.demo_people import ADMIN, CASEY, MIKA, ROBIN
from tests.browser.visitor import Visitor

Viewer = Literal["anonymous", "newcomer", "customer", "agent", "admin"]
PEOPLE = {"newcomer": MIKA, "customer": CASEY, "agent": ROBIN, "admin": ADMIN}
"""The account that views the pages of each kind. An anonymous viewer is not logged in."""


async def _leave_as_is(_: Page) -> None:
    pass


async def _open_a_ticket(page: Page) -> None:
    tickets = page.locator('a[href*="/desk/"], a[href^="/tickets/0"]')
    await tickets.first.wait_for()
    long = tickets.filter(has_text=re.compile("Export stops|Cannot sign in"))  # these have several messages
    await (long if await long.count() else tickets).first.click()
    await page.get_by_role("article").first.wait_for()


async def _open_history(page: Page) -> None:
    await _open_a_ticket(page)
    if await page.get_by_role("button", name="Properties").is_visible():
        await page.get_by_role("button", name="Properties").click()
    await page.get_by_role("tab", name="History").click()


async def _open_notifications(page: Page) -> None:
    await page.get_by_role("button", name="Notifications").click()
    await page.get_by_role("dialog").wait_for()


async def _open_shortcuts(page: Page) -> None:
    await page.keyboard.press("Shift+?")
    await page.get_by_role("dialog").wait_for()


async def _open_palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog").wait_for()


async def _start_two_factor_setup(page: Page) -> None:
    await page.get_by_role("button", name="Set up").click()
    await page.get_by_role("img", name="QR").wait_for()


async def _add_contact(page: Page) -> None:
    await page.get_by_role("button", name="Add a contact").click()
    await page.get_by_role("dialog").wait_for()


async def _invite_somebody_who_has_an_account(page: Page) -> None:
    await page.get_by_role("button", name="Invite people").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Email address").fill(MIKA.email)
    await dialog.get_by_role("status").get_by_text(MIKA.name).wait_for()


@dataclass(frozen=True)
class ClientPage:
    """`then` brings the opened page into the state to look at."""

    name: str
    path: str
    viewer: Viewer
    then: Callable[[Page], Awaitable[None]] = _leave_as_is

    async def open_in(self, visitor: Visitor) -> None:
        """Opens the page and waits until it is loaded."""
        await visitor.goto(self.path)
        await visitor.wait_until_loaded()
        await self.then(visitor.page)
        await visitor.wait_until_loaded()


PAGES = (
    ClientPage("log-in", "/login", "anonymous"),
    ClientPage("sign-up", "/signup", "anonymous"),
    ClientPage("forgot-password", "/forgot-password", "anonymous"),
    ClientPage("reset-password", "/reset-password#token=none", "anonymous"),
    ClientPage("verify-email", "/verify-email#token=none", "anonymous"),
    ClientPage("cancel-email-change", "/cancel-email-change#token=none", "anonymous"),
    ClientPage("invitation", "/invitation#token=none", "anonymous"),
    ClientPage("not-found", "/nowhere", "anonymous"),
    ClientPage("profile-unconfirmed", "/account", "newcomer"),
    ClientPage("my-tickets", "/tickets", "customer"),
    ClientPage("own-ticket", "/tickets", "customer", _open_a_ticket),
    ClientPage("new-ticket", "/tickets/new", "customer"),
    ClientPage("notifications", "/inbox", "customer"),
    ClientPage("notifications-popover", "/tickets", "customer", _open_notifications),
    ClientPage("profile", "/account", "customer"),
    ClientPage("security", "/account/security", "customer"),
    ClientPage("two-factor-setup", "/account/security", "customer", _start_two_factor_setup),
    ClientPage("sessions", "/account/sessions", "customer"),
    ClientPage("preferences", "/account/notifications", "customer"),
    ClientPage("desk", "/desk", "agent"),
    ClientPage("desk-ticket", "/desk", "agent", _open_a_ticket),
    ClientPage("desk-history", "/desk", "agent", _open_history),
    ClientPage("desk-shortcuts", "/desk", "agent", _open_shortcuts),
    ClientPage("palette", "/desk", "agent", _open_palette),
    ClientPage("new-ticket-for-customer", "/tickets/new", "agent"),
    ClientPage("new-contact", "/tickets/new", "agent", _add_contact),
    ClientPage("reports", "/reports", "agent"),
    ClientPage("people", "/admin/people", "admin"),
    ClientPage("invite", "/admin/people", "admin", _invite_somebody_who_has_an_account),
    ClientPage("organisation", "/admin/organisation", "admin"),
    ClientPage("notification-defaults", "/admin/notifications", "admin"),
    ClientPage("audit", "/admin/audit", "admin"),
    ClientPage("mail", "/admin/mail", "admin"),
    ClientPage("suppressions", "/admin/suppressions", "admin"),
    ClientPage("dead-letters", "/admin/dead-letters", "admin"),
)
