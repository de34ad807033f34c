"""The address that people type is the one that the service receives."""

from dataclasses import replace
from uuid import uuid4

import pytest
from playwright.async_api import expect

from common.addresses import normalize_address
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import new_customer

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_account_has_the_typed_domain_and_not_one_that_a_browser_makes_of_it(
    open_visitor: OpenVisitor,
) -> None:
    email = f"nika.{uuid4().hex[:8]}@münchner-straße.example"
    visitor = await open_visitor()
    await visitor.sign_up(replace(new_customer(), email=email))
    await visitor.goto("/account")
    await expect(visitor.page.get_by_role("main")).to_contain_text(normalize_address(email))
