"""One fact from click to mailbox, through all four services."""

from contextlib import AsyncExitStack
from typing import Any

from tests.support.eventually import eventually
from tests.support.services import Installation
from tests.support.smtp import RecordingSmtp


async def test_a_customers_reply_and_its_answer_reach_the_right_inboxes_and_mailboxes(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    async with AsyncExitStack() as stack:
        auth = await stack.enter_async_context(installation.run("auth"))
        tickets = await stack.enter_async_context(installation.run("tickets"))
        notifications = await stack.enter_async_context(installation.run("notifications"))
        await stack.enter_async_context(installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port))
        await eventually(tickets.is_ready)
        answer = await auth.http.post(
            "/api/v1/auth/signup", json={"email": "Casey@example.org", "password": "correct horse battery"}
        )
        assert answer.status_code == 201, answer.text
        customer = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        created = await tickets.http.post(
            "/api/v1/tickets", json={"title": "Printer", "description": "It burns."}, headers=customer
        )
        assert created.status_code == 201, created.text
        assert created.headers["ETag"] == '"1"'

        async def welcomed() -> Any:
            assert len(smtp.to("Casey@example.org")) == 1

        await eventually(welcomed)

        async def told() -> Any:
            page = (await notifications.http.get("/api/v1/notifications", headers=customer)).json()
            assert [item["kind"] for item in page["items"]] == ["welcome"], page

        await eventually(told)
