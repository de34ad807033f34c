"""No route, stream or mail of any service shows a customer an internal note."""

from dataclasses import replace

from tests.support.access_table import CALLS, answered, routes_of
from tests.support.all_services import AllServices, CallerName, run_all_services
from tests.support.mailer_fixture import part
from tests.support.services import Installation
from tests.support.smtp import RecordingSmtp

MARKER = "xyzzy"
ANSWER = "We are on it."


async def note(running: AllServices) -> dict[str, str]:
    """An internal note with an attachment on a ticket with every other kind of change: its path parameters."""
    desk, admin = running.desk, running.people["admin"]
    ticket = await desk.ticket()
    file = await desk.uploaded(desk.agent, ticket, MARKER.encode(), f"{MARKER}.txt")
    text = f"{MARKER} @[{admin.name}]({admin.id})"
    message = await desk.wrote(desk.agent, ticket, text, visibility="internal", attachment_ids=[file["id"]])
    await desk.wrote(desk.agent, ticket, ANSWER)
    await desk.assigned(admin, ticket, desk.agent)
    await desk.moved(desk.agent, ticket, "pending", "resolved")
    return {"ticket_id": ticket["id"], "message_id": message["id"], "attachment_id": file["id"]}


async def test_a_customer_gets_no_word_of_a_note_from_any_route_stream_or_mail(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    async with run_all_services(installation, smtp) as running:
        where = await note(running)
        await running.settle()
        routes = routes_of(running)

        async def said_to(who: CallerName, operation: str) -> str:
            call = await CALLS[operation](running, "customer")
            path = {**call.path, **{name: id_ for name, id_ in where.items() if name in call.path}}
            token = (call.by or running.people[who]).access_token
            headers = {"Last-Event-ID": "0"} if operation == "stream" else call.headers
            answer = await answered(running, routes[operation], replace(call, path=path, headers=headers), token)
            assert answer.status_code not in (401, 422, 429), answer.text
            assert answer.status_code < 500, answer.text
            return f"{answer.headers} {answer.text}"

        assert MARKER in await said_to("agent", "list_messages")
        assert MARKER in await said_to("agent", "download_attachment")
        assert ANSWER in await said_to("customer", "list_messages")
        assert "event: notification" in await said_to("customer", "stream")
        for operation in CALLS:
            assert MARKER not in await said_to("customer", operation), operation

        await running.settle()
        to_customer = smtp.to(running.desk.customer.email)
        assert len(to_customer) >= 2
        for mail in to_customer:
            assert MARKER not in mail.as_string() + part(mail, "plain") + part(mail, "html")
        assert any(MARKER in part(mail, "plain") for mail in smtp.to(running.people["admin"].email)), (
            "who was mentioned"
        )
