"""What several tests do."""

import re
from collections.abc import Awaitable, Callable
from uuid import uuid4

from playwright.async_api import Page, expect

from stack.demo_people import CASEY, Person
from tests.support.callers import Caller

LogIn = Callable[[str, str], Awaitable[Caller]]
"""Somebody who uses the API, by address and password."""


async def new_ticket(api: LogIn, title: str) -> dict[str, str]:
    """Casey's."""
    customer = await api(CASEY.email, CASEY.password)
    answer = await customer.send("POST", "/tickets", json={"title": title, "description": "Please."}, key=title)
    found: dict[str, str] = answer.json()
    return found


def somebody() -> Person:
    """Who was never here."""
    return Person("Nika Novak", "customer", f"nika.{uuid4().hex[:8]}@example.org", "a-long-enough-secret")


async def sees_it_arrive(page: Page, words: str) -> None:
    """The last message of the conversation says that, and is not on its way any more."""
    last = page.get_by_role("article").last
    await expect(last).to_contain_text(words)
    await expect(last).not_to_contain_text(re.compile("Sending …|Waits for the network"))
