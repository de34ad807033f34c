"""What holds for every page, in both themes: everybody can use it, it fits the window, and nothing in it breaks.

This comes before the other tests make long lists, which take axe-core longer and tell it nothing new.
"""

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Arrive
from tests.browser.pages import PAGES, PEOPLE, Who
from tests.browser.visitor import PHONE, WIDE, Theme

pytestmark = pytest.mark.asyncio(loop_scope="session")

LOOKS: list[tuple[Theme, tuple[int, int]]] = [("light", WIDE), ("dark", PHONE)]


@pytest.mark.parametrize("who", ["nobody", "customer", "agent", "admin"])
async def test_no_page_has_a_violation_of_the_accessibility_guidelines(arrive: Arrive, who: Who) -> None:
    visitor = await arrive()
    found: list[str] = []
    if who != "nobody":
        await visitor.logs_in(PEOPLE[who])
    for page in (each for each in PAGES if each.who == who):
        await page.opened_by(visitor)
        for theme, size in LOOKS:
            await visitor.looks(theme, size)
            found += [f"{page.name}, {theme}: {violation}" for violation in await visitor.violations()]
            wide = await visitor.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= size[0], f"{page.name} is {wide} px wide on {size[0]} px"
        await visitor.looks("light", WIDE)
    assert found == []


async def test_nor_has_the_description_of_the_api(arrive: Arrive) -> None:
    visitor = await arrive()
    await visitor.goes_to("/api/docs")
    await expect(visitor.page.locator("#operations-tag-tickets")).to_be_visible()
    found = await visitor.violations()
    await visitor.page.emulate_media(color_scheme="dark")
    await expect(visitor.page.locator("html")).to_have_class("dark-mode")
    assert found + await visitor.violations() == []
