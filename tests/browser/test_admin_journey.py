"""An admin manages people, settings, mails and failed events."""

from datetime import timedelta
from uuid import uuid4

import pytest
from playwright.async_api import Route, expect

from common import clock
from common.messaging.dead_letter import DeadLetters
from common.messaging.delivery import RawMessage
from common.messaging.results import Reject
from stack.demo_people import ADMIN, CASEY, CHARLIE, LEE, MIKA
from tests.browser.conftest import OpenVisitor
from tests.browser.mailbox import find_link_in_mail
from tests.browser.steps import ApiLogin, new_customer
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_an_admin_invites_changes_and_deactivates_a_person(
    open_visitor: OpenVisitor, stack: RunningStack, size: tuple[int, int]
) -> None:
    email = f"toni.{uuid4().hex[:8]}@example.org"
    visitor, guest = await open_visitor(size=size), await open_visitor(size=size)
    page = visitor.page
    await visitor.log_in(ADMIN, path="/admin/people")
    await page.get_by_role("button", name="Invite people").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Email address").fill(email)
    await dialog.get_by_label("Name").fill("Toni Tran")
    await dialog.get_by_label("Role").select_option("Agent")
    await dialog.get_by_role("button", name="Send invitation").click()
    await expect(page.get_by_role("row", name=email)).to_be_visible()

    await guest.follow_mailed_link(await find_link_in_mail(stack, email, "/invitation"))
    await guest.page.get_by_label("Password", exact=True).fill("a-long-enough-secret")
    await guest.page.get_by_role("button", name="Join").click()
    await expect(guest.page.get_by_role("region", name="Tickets")).to_be_visible()

    await page.reload()
    await page.get_by_label("Search by name or email").fill(email)
    person = page.get_by_role("row", name=email)
    await person.get_by_role("combobox").select_option("Customer")
    await expect(person.get_by_role("combobox")).to_have_value("customer")
    await person.get_by_role("button", name="Actions for Toni Tran").click()
    await page.get_by_role("menuitem", name="Deactivate").click()
    await page.get_by_role("dialog").get_by_role("button", name="Deactivate").click()
    await expect(person).to_contain_text("Deactivated")

    await visitor.goto("/admin/audit")
    await page.get_by_label("Action").fill("user.deactivated")
    await page.get_by_label("Action").press("Enter")
    await expect(page.get_by_role("row").nth(1)).to_contain_text("Ada Moreno")
    assert "action=user.deactivated" in page.url

    # All entries about that person, then only entries from two days ahead on.
    await page.get_by_role("row").nth(1).get_by_role("button", name="user").click()
    await page.get_by_label("Action").fill("")
    await page.get_by_label("Action").press("Enter")
    await expect(page.get_by_role("row").filter(has_text="role: agent → customer")).to_have_count(1)
    later = clock.now() + timedelta(days=2)
    await page.get_by_label("From").fill(f"{later:%Y-%m-%d}")
    await expect(page.get_by_text("No entries")).to_be_visible()
    assert f"from={later:%Y-%m-%d}" in page.url
    await page.get_by_role("button", name="Clear filters").click()
    await expect(page.get_by_role("row").nth(2)).to_be_visible()
    assert page.url.endswith("/admin/audit")


async def test_the_list_of_people_tells_contacts_and_unconfirmed_addresses(
    open_visitor: OpenVisitor, size: tuple[int, int]
) -> None:
    visitor = await open_visitor(size=size)
    page = visitor.page
    await visitor.log_in(ADMIN, path="/admin/people")
    await expect(page.get_by_role("row", name=LEE.email)).to_contain_text("Contact")
    await expect(page.get_by_role("row", name=MIKA.email)).to_contain_text("Address not confirmed")
    invitation = page.get_by_role("row", name=CHARLIE.email)
    await expect(invitation).to_contain_text("Ada Moreno")
    await expect(invitation.get_by_role("button", name="Revoke")).to_be_visible()


async def test_an_admin_learns_what_an_invitation_does_to_an_existing_account(
    open_visitor: OpenVisitor, size: tuple[int, int]
) -> None:
    visitor = await open_visitor(size=size)
    page = visitor.page
    await visitor.log_in(ADMIN, path="/admin/people")
    await page.get_by_role("button", name="Invite people").click()
    dialog = page.get_by_role("dialog")
    address, effect = dialog.get_by_label("Email address"), dialog.get_by_role("status")
    for email, words in {
        MIKA.email: "hasn't confirmed this address",
        LEE.email: "is a contact",
        CASEY.email.upper(): "has an account with the role Customer. Once they accept, the role is Agent.",
    }.items():
        await address.fill(email)
        await expect(effect).to_contain_text(words)
    await dialog.get_by_label("Role").select_option("Customer")
    await expect(effect).to_contain_text("already has an account with the role Customer")
    await address.fill(f"{uuid4().hex[:8]}@example.org")
    await expect(effect).to_be_empty()


async def test_a_customer_who_is_logged_in_accepts_an_invitation_without_a_password(
    open_visitor: OpenVisitor, stack: RunningStack, api: ApiLogin, size: tuple[int, int]
) -> None:
    person, visitor = new_customer(), await open_visitor(size=size)
    page = visitor.page
    await visitor.sign_up(person)
    await visitor.goto(await find_link_in_mail(stack, person.email, "/verify-email"))
    await page.get_by_role("button", name="Verify email address").click()
    await expect(page.get_by_text("Your email address is verified")).to_be_visible()
    admin = await api(ADMIN.email, ADMIN.password)
    invitation = {"email": person.email, "name": person.name, "role": "agent"}
    await admin.send("POST", "/users/invitations", json=invitation, key=person.email)

    await visitor.follow_mailed_link(await find_link_in_mail(stack, person.email, "/invitation"))
    await expect(page.get_by_label("Password", exact=True)).to_have_count(0)
    await page.get_by_role("button", name="Join").click()

    await expect(page.get_by_role("region", name="Tickets")).to_be_visible()


async def test_an_admin_lets_in_somebody_whose_logins_failed(open_visitor: OpenVisitor, size: tuple[int, int]) -> None:
    visitor = await open_visitor(size=size)
    page = visitor.page
    unlocked: list[str] = []

    async def count_failures(route: Route) -> None:  # the stack of these tests counts none
        answer = await route.fetch()
        listed = await answer.json()
        for user in listed["items"]:
            user["failed_logins"] = 5 if user["email"] == CASEY.email and not unlocked else 0
        await route.fulfill(response=answer, json=listed)

    await page.route("**/api/v1/users?*", count_failures)
    page.on("request", lambda request: unlocked.append(request.url) if request.url.endswith("/unlock") else None)
    await visitor.log_in(ADMIN, path="/admin/people")
    casey = page.get_by_role("row", name=CASEY.email)
    await expect(casey).to_contain_text("5 failed logins")
    await casey.get_by_role("button", name="Unlock login of Casey Lindgren").click()
    await expect(casey).not_to_contain_text("failed login")


async def test_an_admin_changes_settings_and_suppresses_an_address(
    open_visitor: OpenVisitor, api: ApiLogin, size: tuple[int, int]
) -> None:
    visitor = await open_visitor(size=size)
    page = visitor.page
    await visitor.log_in(ADMIN, path="/admin/organisation")
    hours = page.get_by_label("Escalate tickets that wait for you after (hours)")
    await hours.fill("36")
    await page.get_by_role("button", name="Save").last.click()
    await expect(page.get_by_text("Saved.")).to_be_visible()
    await page.reload()
    await expect(hours).to_have_value("36")

    email = f"{uuid4().hex[:8]}@example.org"
    await visitor.goto("/admin/suppressions")
    await page.get_by_label("Email address").fill(email)
    await page.get_by_label("Reason").fill("Asked for it.")
    await page.get_by_label("Stop security emails too").check()
    await page.get_by_role("button", name="Add").click()
    row = page.get_by_role("row", name=email)
    await expect(row).to_contain_text("Asked for it.")
    await expect(row).to_contain_text("including security emails")
    stranger = await api(CASEY.email, CASEY.password)
    await stranger.send(
        "POST", "/auth/signup", json={"email": email, "password": "a-long-enough-secret", "name": "Su"}, key=email
    )

    await visitor.goto("/admin/mail")
    await page.get_by_label("Recipient").fill(email)
    mail = page.get_by_role("row", name=email).filter(has_text="Email verification")
    await expect(mail).to_contain_text("Suppressed")
    await expect(mail).to_contain_text("The address is suppressed.")
    await visitor.goto("/admin/suppressions")
    await row.get_by_role("button", name=f"Remove {email}").click()
    await expect(row).to_have_count(0)
    await visitor.goto("/admin/mail")
    await page.get_by_label("Recipient").fill(email)
    await mail.get_by_role("button").click()
    await expect(mail).to_contain_text("Sent")


async def test_an_admin_retries_and_discards_failed_events(
    open_visitor: OpenVisitor, stack: RunningStack, size: tuple[int, int]
) -> None:
    visitor = await open_visitor(size=size)
    page = visitor.page
    await visitor.log_in(ADMIN, path="/admin/dead-letters")
    organisation = await page.evaluate(
        "fetch('/api/v1/auth/refresh', {method: 'POST'}).then((r) => r.json()).then((b) => b.user.organisation_id)"
    )
    async with stack.nats("notifications") as broker:
        for name in ("first", "second"):
            message = RawMessage(
                id=str(uuid4()),
                stream="TICKETS",
                subject=f"tickets.ticket.created.v1.{organisation}.{uuid4()}",
                headers={"ce-id": str(uuid4()), "ce-type": "tickets.ticket.created.v1"},
                body=b'{"what": "none of ours"}',
            )
            failure = Reject(f"The {name} one is broken.", "notifications.test")
            await DeadLetters(broker, "notifications").store(message, failure, attempts=5)
    await page.reload()
    first, second = (page.get_by_role("row", name=f"The {name} one is broken.") for name in ("first", "second"))
    await first.get_by_role("button", name="Inspect").click()
    await expect(page.get_by_role("dialog")).to_contain_text("none of ours")
    await page.keyboard.press("Escape")
    await first.get_by_role("button", name="Retry").click()
    await expect(first).to_have_count(0)
    await second.get_by_role("button", name="Discard").click()
    await second.get_by_role("button", name="Discard for good?").click()
    await expect(second).to_have_count(0)


async def test_reports_show_charts_and_export_csv(open_visitor: OpenVisitor, size: tuple[int, int]) -> None:
    visitor = await open_visitor(size=size)
    page = visitor.page
    await visitor.log_in(ADMIN, path="/reports")
    await expect(
        page.get_by_role("region", name="Created and resolved per day").locator("svg path").first
    ).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Export summary (CSV)").click()
    assert (await download.value).suggested_filename.endswith(".csv")
