"""Every page is accessible, fits the window and raises no error, in both themes.

Runs before the other tests fill the lists: axe-core takes longer on long lists and finds nothing new in them.
"""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import OpenVisitor
from tests.browser.pages import PAGES, PEOPLE, Viewer
from tests.browser.visitor import PHONE, WIDE, Theme

pytestmark = pytest.mark.asyncio(loop_scope="session")

APPEARANCES: list[tuple[Theme, tuple[int, int]]] = [("light", WIDE), ("dark", PHONE)]


@pytest.mark.parametrize("viewer", ["anonymous", "newcomer", "customer", "agent", "admin"])
async def test_no_page_has_an_accessibility_violation(open_visitor: OpenVisitor, viewer: Viewer) -> None:
    visitor = await open_visitor()
    found: list[str] = []
    if viewer != "anonymous":
        await visitor.log_in(PEOPLE[viewer])
    for page in (each for each in PAGES if each.viewer == viewer):
        await page.open_in(visitor)
        for theme, size in APPEARANCES:
            await visitor.set_appearance(theme, size)
            found += [f"{page.name}, {theme}: {violation}" for violation in await visitor.accessibility_violations()]
            found += [f"{page.name}, {theme}: cut off: {label}" for label in await visitor.cut_off_buttons()]
            wide = await visitor.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0], f"{page.name} is {wide} px wide on {size[0]} px"
        await visitor.set_appearance("light", WIDE)
    assert found == []


async def test_the_api_docs_have_no_accessibility_violation(open_visitor: OpenVisitor) -> None:
    visitor = await open_visitor()
    await visitor.goto("/api/docs")
    await expect(visitor.page.locator("#operations-tag-tickets")).to_be_visible()
    found = await visitor.accessibility_violations()
    await visitor.page.emulate_media(color_scheme="dark")
    await expect(visitor.page.locator("html")).to_have_class("dark-mode")
    assert found + await visitor.accessibility_violations() == []
