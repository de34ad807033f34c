"""Every page of the client, and how one gets there."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from playwright.async_api import Page

from stack.demo_people import ADMIN, CASEY, ROBIN
from tests.browser.visitor import Visitor

Who = Literal["nobody", "customer", "agent", "admin"]
PEOPLE = {"customer": CASEY, "agent": ROBIN, "admin": ADMIN}
"""Who looks at the pages of each kind; nobody is not logged in."""


async def _nothing(_: Page) -> None:
    """The page is as it is."""


async def _open_a_ticket(page: Page) -> None:
    tickets = page.locator('a[href*="/desk/"], a[href^="/tickets/0"]')
    await tickets.first.wait_for()
    telling = tickets.filter(has_text=re.compile("Export stops|Cannot sign in"))  # there is more to see in these
    await (telling if await telling.count() else tickets).first.click()
    await page.get_by_role("article").first.wait_for()


async def _open_history(page: Page) -> None:
    await _open_a_ticket(page)
    if await page.get_by_role("button", name="Properties").is_visible():
        await page.get_by_role("button", name="Properties").click()
    await page.get_by_role("tab", name="History").click()


async def _open_bell(page: Page) -> None:
    await page.get_by_role("button", name="Notifications").click()
    await page.get_by_role("dialog").wait_for()


async def _open_keys(page: Page) -> None:
    await page.keyboard.press("Shift+?")
    await page.get_by_role("dialog").wait_for()


async def _open_palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog").wait_for()


async def _begin_second_factor(page: Page) -> None:
    await page.get_by_role("button", name="Set it up").click()
    await page.get_by_role("img", name="QR").wait_for()


@dataclass(frozen=True)
class PageOfClient:
    """`then` brings it into the state that is meant."""

    name: str
    path: str
    who: Who
    then: Callable[[Page], Awaitable[None]] = _nothing

    async def opened_by(self, visitor: Visitor) -> None:
        """Until everything is there."""
        await visitor.goes_to(self.path)
        await visitor.everything_is_there()
        await self.then(visitor.page)
        await visitor.everything_is_there()


PAGES = (
    PageOfClient("log-in", "/login", "nobody"),
    PageOfClient("sign-up", "/signup", "nobody"),
    PageOfClient("forgot-password", "/forgot-password", "nobody"),
    PageOfClient("reset-password", "/reset-password?token=none", "nobody"),
    PageOfClient("verify-email", "/verify-email?token=none", "nobody"),
    PageOfClient("invitation", "/invitation?token=none", "nobody"),
    PageOfClient("not-found", "/nowhere", "nobody"),
    PageOfClient("my-tickets", "/tickets", "customer"),
    PageOfClient("own-ticket", "/tickets", "customer", _open_a_ticket),
    PageOfClient("new-ticket", "/tickets/new", "customer"),
    PageOfClient("notifications", "/inbox", "customer"),
    PageOfClient("bell", "/tickets", "customer", _open_bell),
    PageOfClient("profile", "/account", "customer"),
    PageOfClient("security", "/account/security", "customer"),
    PageOfClient("second-factor", "/account/security", "customer", _begin_second_factor),
    PageOfClient("sessions", "/account/sessions", "customer"),
    PageOfClient("preferences", "/account/notifications", "customer"),
    PageOfClient("desk", "/desk", "agent"),
    PageOfClient("desk-ticket", "/desk", "agent", _open_a_ticket),
    PageOfClient("desk-history", "/desk", "agent", _open_history),
    PageOfClient("desk-keys", "/desk", "agent", _open_keys),
    PageOfClient("palette", "/desk", "agent", _open_palette),
    PageOfClient("new-ticket-for-others", "/tickets/new", "agent"),
    PageOfClient("reports", "/reports", "agent"),
    PageOfClient("people", "/admin/people", "admin"),
    PageOfClient("organisation", "/admin/organisation", "admin"),
    PageOfClient("audit", "/admin/audit", "admin"),
    PageOfClient("mail", "/admin/mail", "admin"),
    PageOfClient("suppressions", "/admin/suppressions", "admin"),
    PageOfClient("dead-letters", "/admin/dead-letters", "admin"),
)
