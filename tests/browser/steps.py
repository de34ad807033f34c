"""Steps shared by several tests."""

import re
from collections.abc import Awaitable, Callable
from uuid import uuid4

from playwright.async_api import Page, expect

from stack.demo_people import CASEY, Person
from tests.support.stack import RetryingClient

ApiLogin = Callable[[str, str], Awaitable[RetryingClient]]
"""Logs in by email address and password and returns an API client."""


async def new_ticket(api: ApiLogin, title: str) -> dict[str, str]:
    """A new ticket of Casey's."""
    customer = await api(CASEY.email, CASEY.password)
    answer = await customer.send("POST", "/tickets", json={"title": title, "description": "Please."}, key=title)
    found: dict[str, str] = answer.json()
    return found


def new_customer() -> Person:
    """A customer with a unique email address and no account yet."""
    return Person("Nika Novak", "customer", f"nika.{uuid4().hex[:8]}@example.org", "a-long-enough-secret")


async def expect_last_message(page: Page, text: str) -> None:
    """Waits until the last message of the conversation has that text and is delivered."""
    last = page.get_by_role("article").last
    await expect(last).to_contain_text(text)
    await expect(last).not_to_contain_text(re.compile("Sending …|Waiting for connection"))
