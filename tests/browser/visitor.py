"""Somebody in front of a browser, and what they do there in one line each."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Error, Page, Response, expect

from stack.demo_people import Person
from tests.support.browser import axe

Theme = Literal["light", "dark"]
WIDE = (1440, 900)
PHONE = (390, 844)
PATIENCE = 40_000
"""ms: a busy machine is no fault of a page; what has to be quick says so itself."""

_EXPECTED = ("Failed to load resource",)
"""What a page says of itself that is not our doing: a request that was refused on purpose, or went to a server that was
switched off on purpose."""


@dataclass
class Visitor:
    """One person with a browser profile of their own. Collects what goes wrong in their pages."""

    url: str
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    @classmethod
    async def arrives(
        cls, browser: Browser, url: str, *, size: tuple[int, int] = WIDE, language: str = "en-GB", dark: bool = False
    ) -> "Visitor":
        """A new profile: no cookies, nothing kept."""
        width, height = size
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            locale=language,
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
            accept_downloads=True,
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
        )
        context.set_default_timeout(PATIENCE)
        visitor = cls(url, context, await context.new_page())
        visitor.watch(visitor.page)
        return visitor

    def watch(self, page: Page) -> None:
        """What breaks in a page must break a test."""
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("response", self._look_at)
        page.on("console", lambda message: self._hear(page, message.type, message.text))

    def _look_at(self, answer: Response) -> None:
        if answer.status == 500 or (answer.status == 404 and "/assets/" in answer.url):
            self.faults.append(f"{answer.status}: {answer.request.method} {answer.url}")

    def _hear(self, page: Page, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(_EXPECTED):
            self.faults.append(f"{page.url}: {kind}: {text}")

    async def goes_to(self, path: str) -> None:
        """By typing the address."""
        await self.page.goto(self.url + path)

    async def logs_in(self, person: Person, *, path: str = "/") -> None:
        """As a person does, wherever they wanted to go."""
        await self.goes_to(path)
        await self.page.get_by_label("E-mail address").fill(person.email)
        await self.page.get_by_label("Password", exact=True).fill(person.password)
        await self.page.get_by_role("button", name="Log in").click()
        await expect(self.page.get_by_role("button", name="account menu")).to_be_visible()

    async def signs_up(self, person: Person) -> None:
        """To the first page of somebody new."""
        await self.goes_to("/")
        await self.page.get_by_role("link", name="Create an account").click()
        await self.page.get_by_label("Name", exact=True).fill(person.name)
        await self.page.get_by_label("E-mail address").fill(person.email)
        await self.page.get_by_label("Password", exact=True).fill(person.password)
        await self.page.get_by_role("button", name="Create account").click()
        await expect(self.page.get_by_role("heading", name="My tickets")).to_be_visible()

    async def everything_is_there(self) -> None:
        """Nothing on the page is still being waited for."""
        await expect(self.page.locator("h1").first).to_be_visible()
        await expect(self.page.locator(".mantine-Loader-root")).to_have_count(0)

    async def looks(self, theme: Theme, size: tuple[int, int]) -> None:
        """The same page in another light and width."""
        await self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        await self.page.set_viewport_size({"width": size[0], "height": size[1]})
        await expect(self.page.locator("html")).to_have_attribute("data-mantine-color-scheme", theme)

    async def violations(self) -> list[str]:
        """What axe-core finds against WCAG 2.2 A and AA, and its best practices, on the page as it is once nothing on
        it changes its colour any more."""
        await self.page.evaluate("Promise.allSettled(document.getAnimations().map(({ finished }) => finished))")
        try:
            await self.page.evaluate("window.axe.version")
        except Error:
            # By the protocol, not as a script element, which the page's Content-Security-Policy refuses.
            await self.page.evaluate(axe())
        found: list[dict[str, Any]] = json.loads(
            await self.page.evaluate("axe.run(document).then((found) => JSON.stringify(found.violations))")
        )
        return [
            f"{each['id']}: {each['help']}: " + "; ".join(node["target"][0] for node in each["nodes"][:3])
            for each in found
        ]
