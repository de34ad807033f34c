"""Names without a space are as long as people like."""

from dataclasses import replace

import pytest
from playwright.async_api import expect

from stack.demo_people import ADMIN
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import new_customer
from tests.browser.visitor import PHONE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_the_longest_name_leaves_the_columns_of_tables_where_they_are(open_visitor: OpenVisitor) -> None:
    person = replace(new_customer(), name="W" * 100)
    await (await open_visitor()).sign_up(person)
    visitor = await open_visitor(size=PHONE)
    await visitor.log_in(ADMIN, path="/admin/people")
    page = visitor.page
    await page.get_by_label("Search by name or email").fill(person.email)
    row = page.get_by_role("row", name=person.email)
    await expect(row).to_be_visible()
    assert await row.evaluate("(row) => row.scrollWidth") <= 800

    await visitor.goto("/admin/audit")
    entry = page.get_by_role("row", name=person.name).first
    await expect(entry).to_be_visible()
    assert await entry.evaluate("(row) => row.scrollWidth") <= 1100
