"""Agents mention colleagues while they write."""

import re
from uuid import uuid4

import pytest
from playwright.async_api import expect

from stack.demo_people import ADMIN, CASEY, JORDAN, ROBIN, SASHA
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import ApiLogin, expect_last_message, new_ticket

pytestmark = pytest.mark.asyncio(loop_scope="session")

UUID_LIKE = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-")


async def test_an_agent_mentions_colleagues_by_keyboard_and_mouse(open_visitor: OpenVisitor, api: ApiLogin) -> None:
    ticket = await new_ticket(api, f"Mentions {uuid4().hex[:8]}")
    robin = await open_visitor()
    await robin.log_in(ROBIN, path=f"/desk/{ticket['id']}")
    page, keyboard = robin.page, robin.page.keyboard
    text = page.get_by_role("textbox", name="Reply")
    team = page.get_by_role("listbox", name="Team members")

    await text.focus()
    await keyboard.type("Ask @o", delay=60)
    option = team.get_by_role("option")
    await expect(option).to_have_text(re.compile(f"{SASHA.name}.*{SASHA.email}"))
    await expect(text).to_have_attribute("aria-activedescendant", await option.get_attribute("id") or "")
    assert await robin.accessibility_violations() == []
    await keyboard.press("Escape")
    await expect(team).to_have_count(0)
    await keyboard.type("ka", delay=60)
    await expect(team).to_have_count(0)

    await keyboard.type(" or @sas", delay=60)
    await expect(option).to_have_count(1)
    await keyboard.press("Enter")
    await keyboard.type("and @a", delay=60)
    await team.get_by_role("option", name=ADMIN.name).click()
    await keyboard.type("please", delay=60)
    await expect(text).to_have_value(f"Ask @oka or @{SASHA.name} and @{ADMIN.name} please")
    await keyboard.press("Control+Enter")
    await expect_last_message(page, f"Ask @oka or @{SASHA.name} and @{ADMIN.name} please")

    agent = await api(ROBIN.email, ROBIN.password)
    [message] = (await agent.send("GET", f"/tickets/{ticket['id']}/messages")).json()["items"]
    assert [person["name"] for person in message["mentions"]] == [SASHA.name, ADMIN.name]

    casey = await open_visitor()
    await casey.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    seen = casey.page.get_by_role("article").last
    await expect(seen).to_contain_text(f"@{SASHA.name} and @{ADMIN.name} please")
    assert not UUID_LIKE.search(await seen.inner_html())


async def test_staff_see_who_was_mentioned_and_not_notified(open_visitor: OpenVisitor, api: ApiLogin) -> None:
    ticket = await new_ticket(api, f"Mentions {uuid4().hex[:8]}")
    people = (ROBIN, CASEY, JORDAN, SASHA)
    agent, casey, jordan, sasha = [await api(person.email, person.password) for person in people]
    body = {"body": f"@[Requester]({casey.id}) @[Jordan A.]({jordan.id}) @[Somebody]({sasha.id})"}
    await agent.send("POST", f"/tickets/{ticket['id']}/messages", json=body, key=ticket["id"])

    robin = await open_visitor()
    await robin.log_in(ROBIN, path=f"/desk/{ticket['id']}")

    expected = f"@{CASEY.name} @Jordan A. (not notified) @{SASHA.name}"
    await expect(robin.page.get_by_role("article").last).to_contain_text(expected)
