"""An admin looks after people, settings, mails and what went wrong."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.async_api import expect

from common import clock
from common.messaging.dead_letter import DeadLetters
from stack.demo_people import ADMIN, CASEY
from tests.browser.conftest import Arrive
from tests.browser.mailbox import link_in_mail
from tests.browser.steps import LogIn
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_admin_invites_somebody_who_comes_and_changes(
    arrive: Arrive, stack: RunningStack, size: tuple[int, int]
) -> None:
    email = f"toni.{uuid4().hex[:8]}@example.org"
    visitor, guest = await arrive(size=size), await arrive(size=size)
    page = visitor.page
    await visitor.logs_in(ADMIN, path="/admin/people")
    await page.get_by_role("button", name="Invite somebody").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("E-mail address").fill(email)
    await dialog.get_by_label("Name").fill("Toni Tran")
    await dialog.get_by_label("Role").select_option("Agent")
    await dialog.get_by_role("button", name="Send the invitation").click()
    await expect(page.get_by_role("row", name=email)).to_be_visible()

    await guest.goes_to(await link_in_mail(stack, email, "/invitation"))
    await guest.page.get_by_label("Password", exact=True).fill("a-long-enough-secret")
    await guest.page.get_by_role("button", name="Join").click()
    await expect(guest.page.get_by_role("region", name="Tickets")).to_be_visible()

    await page.reload()
    await page.get_by_label("Find by name or e-mail").fill(email)
    person = page.get_by_role("row", name=email)
    await person.get_by_role("combobox").select_option("Customer")
    await expect(person.get_by_role("combobox")).to_have_value("customer")
    await person.get_by_role("button", name="More about Toni Tran").click()
    await page.get_by_role("menuitem", name="Deactivate").click()
    await page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    await expect(person).to_contain_text("Deactivated")

    await visitor.goes_to("/admin/audit")
    await page.get_by_label("Action").fill("user.deactivated")
    await page.get_by_label("Action").press("Enter")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Ada Moreno")
    assert "action=user.deactivated" in page.url

    # All that was done with that person, then only what will be done in two days.
    await page.get_by_role("row").nth(1).get_by_role("button", name="user").click()
    await page.get_by_label("Action").fill("")
    await page.get_by_label("Action").press("Enter")
    await expect(page.get_by_role("row").filter(has_text="role: agent → customer")).to_have_count(1)
    later = clock.now() + timedelta(days=2)
    await page.get_by_label("From").fill(f"{later:%Y-%m-%d}")
    await expect(page.get_by_text("Nothing of that kind happened")).to_be_visible()
    assert f"from={later:%Y-%m-%d}" in page.url
    await page.get_by_role("button", name="Clear").click()
    await expect(page.get_by_role("row").nth(2)).to_be_visible()
    assert page.url.endswith("/admin/audit")


async def test_an_admin_looks_after_settings_and_mails(arrive: Arrive, api: LogIn, size: tuple[int, int]) -> None:
    visitor = await arrive(size=size)
    page = visitor.page
    await visitor.logs_in(ADMIN, path="/admin/organisation")
    hours = page.get_by_label("Escalate what is not resolved after so many hours")
    await hours.fill("36")
    await page.get_by_role("button", name="Save").last.click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await page.reload()
    await expect(hours).to_have_value("36")

    email = f"{uuid4().hex[:8]}@example.org"
    await visitor.goes_to("/admin/suppressions")
    await page.get_by_label("E-mail address").fill(email)
    await page.get_by_label("Reason").fill("Asked for it.")
    await page.get_by_role("button", name="Add").click()
    row = page.get_by_role("row", name=email)
    await expect(row).to_contain_text("Asked for it.")
    stranger = await api(CASEY.email, CASEY.password)
    await stranger.send(
        "POST", "/auth/signup", json={"email": email, "password": "a-long-enough-secret", "name": "Su"}, key=email
    )

    await visitor.goes_to("/admin/mail")
    await page.get_by_label("Recipient").fill(email)
    mail = page.get_by_role("row", name=email).filter(has_text="Welcome")
    await expect(mail).to_contain_text("Suppressed")
    await visitor.goes_to("/admin/suppressions")
    await row.get_by_role("button", name=f"Remove: {email}").click()
    await expect(row).to_have_count(0)
    await visitor.goes_to("/admin/mail")
    await page.get_by_label("Recipient").fill(email)
    await mail.get_by_role("button").click()
    await expect(mail).to_contain_text("Sent")


async def test_an_admin_replays_and_discards_dead_letters(
    arrive: Arrive, stack: RunningStack, size: tuple[int, int]
) -> None:
    visitor = await arrive(size=size)
    page = visitor.page
    await visitor.logs_in(ADMIN, path="/admin/dead-letters")
    organisation = await page.evaluate(
        "fetch('/api/v1/auth/refresh', {method: 'POST'}).then((r) => r.json()).then((b) => b.user.organisation_id)"
    )
    async with stack.nats("notifications") as broker:
        for name in ("first", "second"):
            await DeadLetters(broker, "notifications").keep(
                subject=f"tickets.ticket.created.v1.{organisation}.{uuid4()}",
                headers={"ce-id": str(uuid4()), "ce-type": "tickets.ticket.created.v1"},
                body=b'{"what": "none of ours"}',
                delivery=str(uuid4()),
                reason=f"The {name} one is broken.",
                handler="notifications.test",
                attempts=5,
            )
    await page.reload()
    first, second = (page.get_by_role("row", name=f"The {name} one is broken.") for name in ("first", "second"))
    await first.get_by_role("button", name="Inspect").click()
    await expect(page.get_by_role("dialog")).to_contain_text("none of ours")
    await page.keyboard.press("Escape")
    await first.get_by_role("button", name="Replay").click()
    await expect(first).to_have_count(0)
    await second.get_by_role("button", name="Discard").click()
    await second.get_by_role("button", name="Really discard?").click()
    await expect(second).to_have_count(0)


async def test_reports_are_charts_and_spreadsheets(arrive: Arrive, size: tuple[int, int]) -> None:
    visitor = await arrive(size=size)
    page = visitor.page
    await visitor.logs_in(ADMIN, path="/reports")
    await expect(
        page.get_by_role("region", name="Created and resolved per day").locator("svg path").first
    ).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Summary as CSV").click()
    assert (await download.value).suggested_filename.endswith(".csv")
