"""A person with a browser, and the steps they take in it."""

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Error, Page, Response, expect

from stack.demo_people import Person
from tests.support.browser import axe

Theme = Literal["light", "dark"]
WIDE = (1440, 900)
PHONE = (390, 844)
TIMEOUT_MS = 40_000
"""Long, because a busy machine is not a fault of the page. A test sets its own limit where speed matters."""

_IGNORED_CONSOLE_PREFIXES = ("Failed to load resource",)
"""Console messages of requests that a test makes fail on purpose."""


@dataclass
class Visitor:
    """One person with their own browser profile. Collects the errors of their pages."""

    url: str
    context: BrowserContext
    page: Page
    page_errors: list[str] = field(default_factory=list)
    requested_urls: list[str] = field(default_factory=list)

    @classmethod
    async def open(
        cls, browser: Browser, url: str, *, size: tuple[int, int] = WIDE, language: str = "en-GB", dark: bool = False
    ) -> "Visitor":
        """Opens a new profile without cookies or stored data."""
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
        context.set_default_timeout(TIMEOUT_MS)
        visitor = cls(url, context, await context.new_page())
        visitor.watch(visitor.page)
        return visitor

    def watch(self, page: Page) -> None:
        """Collects uncaught errors, failed responses and console messages of the page."""
        page.on("request", lambda request: self.requested_urls.append(request.url))
        page.on("pageerror", lambda error: self.page_errors.append(f"{page.url}: {error}"))
        page.on("response", self._on_response)
        page.on("console", lambda message: self._on_console(page, message.type, message.text))

    def _on_response(self, answer: Response) -> None:
        if answer.status == 500 or (answer.status == 404 and "/assets/" in answer.url):
            self.page_errors.append(f"{answer.status}: {answer.request.method} {answer.url}")

    def _on_console(self, page: Page, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not text.startswith(_IGNORED_CONSOLE_PREFIXES):
            self.page_errors.append(f"{page.url}: {kind}: {text}")

    async def goto(self, path: str) -> None:
        await self.page.goto(self.url + path)

    async def follow_mailed_link(self, link: str) -> None:
        """Opens a link with a secret, which is then in no address and in no request's URL."""
        await self.goto(link)
        await self.wait_until_loaded()
        secret = link.partition("token=")[2]
        urls = [self.page.url, await self.page.evaluate("document.URL"), *self.requested_urls]
        assert secret
        assert not [url for url in urls if secret in url]

    async def log_in(self, person: Person, *, path: str = "/") -> None:
        """Opens `path` and logs in by the form that it leads to."""
        await self.goto(path)
        await self.page.get_by_label("Email address").fill(person.email)
        await self.page.get_by_label("Password", exact=True).fill(person.password)
        await self.page.get_by_role("button", name="Log in").click()
        await expect(self.page.get_by_role("button", name="account menu")).to_be_visible()

    async def sign_up(self, person: Person) -> None:
        await self.goto("/")
        await self.page.get_by_role("link", name="Create an account").click()
        await self.page.get_by_label("Name", exact=True).fill(person.name)
        await self.page.get_by_label("Email address").fill(person.email)
        await self.page.get_by_label("Password", exact=True).fill(person.password)
        await self.page.get_by_role("button", name="Create account").click()
        await expect(self.page.get_by_role("heading", name="My tickets")).to_be_visible()

    async def wait_until_loaded(self) -> None:
        """Waits until the page has a heading and no loader."""
        await expect(self.page.locator("h1").first).to_be_visible()
        await expect(self.page.locator(".mantine-Loader-root")).to_have_count(0)

    async def set_appearance(self, theme: Theme, size: tuple[int, int]) -> None:
        await self.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        await self.page.set_viewport_size({"width": size[0], "height": size[1]})
        await expect(self.page.locator("html")).to_have_attribute("data-mantine-color-scheme", theme)

    async def cut_off_buttons(self) -> list[str]:
        """The labels of buttons that are too long for them."""
        labels = "[...document.querySelectorAll('.mantine-Button-label')]"
        cut_off = f"{labels}.filter((each) => each.scrollWidth > each.clientWidth).map((each) => each.textContent)"
        found: list[str] = await self.page.evaluate(cut_off)
        return found

    async def accessibility_violations(self) -> list[str]:
        """Returns what axe-core finds against WCAG 2.2 A and AA and its best practices, after all animations ended."""
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
