"""What people notice when a part is away, and that nothing is missing when it is back."""

import os
import signal

import httpx
import pytest

from tests.support.eventually import eventually
from tests.system.conftest import LiveDesk

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_without_nats_people_go_on_working_and_everything_follows_later_in_order(desk: LiveDesk) -> None:
    await desk.stack.control("stop", "nats")
    try:
        ticket = await desk.open_ticket("without nats")
        for number in range(5):
            body = {"body": f"reply {number}"}
            answer = await desk.agent.send("POST", f"/tickets/{ticket['id']}/messages", json=body, key=f"nats-{number}")
            assert answer.status_code == 201
        await desk.resolve(ticket)
        assert (await desk.customer.send("GET", f"/tickets/{ticket['id']}")).json()["status"] == "resolved"

        async def says_why() -> None:
            health = await desk.stack.ready("tickets")
            assert health["status"] == 503
            assert "NATS is away" in health["checks"]["nats"]
            assert health["checks"]["database"] == "ok"

        async def lag_grows() -> None:
            assert await _metric(desk, "tickets", "helpdesk_relay_lag_seconds") > 1

        await eventually(says_why)
        await eventually(lag_grows)
    finally:
        await desk.stack.control("start", "nats")
    await eventually(desk.stack.settled, within=60, every=0.2)
    assert await desk.in_stream(ticket) == {"ticket.created": 1, "message.posted": 5, "ticket.status_changed": 2}
    # The first reply also opened the ticket, which is not told apart from it.
    assert await desk.kinds_of(desk.customer, ticket) == [*["replied"] * 5, "status_changed"]

    async def lag_is_gone() -> None:
        assert await _metric(desk, "tickets", "helpdesk_relay_lag_seconds") == 0

    await eventually(lag_is_gone)


async def test_without_mongodb_callers_are_told_to_try_again_and_nothing_hangs(desk: LiveDesk) -> None:
    await desk.stack.control("stop", "mongod")
    try:
        for path in ("/tickets", "/notifications"):
            await _is_unavailable(desk, path)
        health = await desk.stack.ready("tickets")
        assert health["status"] == 503
        assert "MongoDB is away" in health["checks"]["database"]
    finally:
        await desk.stack.control("start", "mongod")
    ticket = await desk.open_ticket("after mongodb")
    await eventually(desk.stack.settled, within=60, every=0.2)
    assert await desk.in_stream(ticket) == {"ticket.created": 1}


async def test_a_mongodb_that_accepts_connections_but_never_answers_is_an_outage_too(desk: LiveDesk) -> None:
    pid = desk.stack.pid("mongod")
    os.kill(pid, signal.SIGSTOP)
    try:
        await _is_unavailable(desk, "/tickets")
    finally:
        os.kill(pid, signal.SIGCONT)
    await desk.open_ticket("after a hang")
    await eventually(desk.stack.settled, within=60, every=0.2)


async def test_without_an_smtp_server_mails_wait_and_go_later(desk: LiveDesk) -> None:
    await desk.smtp.stop()
    try:
        ticket = await desk.open_ticket("without smtp")
        await desk.resolve(ticket)

        async def mail_is_owed() -> None:
            async with desk.stack.mongo() as client:
                mail = await client["mailer"]["mails"].find_one({"ticket_number": ticket["number"]})
            assert mail is not None
            assert mail["status"] in ("queued", "sending")
            assert mail["last_error"]
            assert mail["attempts"] == 0, "no server was reached: that is no attempt"

        await eventually(mail_is_owed)
    finally:
        await desk.smtp.start()
    await eventually(desk.stack.settled, within=60, every=0.2)
    assert [str(mail["Subject"]) for mail in desk.smtp.to("outage@helpdesk.example")][-1:] == [
        f"[#{ticket['number']}] without smtp"
    ]


async def test_killed_between_saving_and_publishing_the_event_is_published_once_after_restart(desk: LiveDesk) -> None:
    await desk.stack.control("stop", "nats")  # so that it can be saved, but not published
    ticket = await desk.open_ticket("killed in between")
    desk.stack.kill_even_if_not_ready("tickets")
    await desk.stack.control("start", "nats")
    await eventually(desk.stack.settled, within=60, every=0.2)
    assert await desk.in_stream(ticket) == {"ticket.created": 1}
    assert await desk.kinds_of(desk.agent, ticket) == ["ticket_created"]


async def _is_unavailable(desk: LiveDesk, path: str) -> None:
    async with httpx.AsyncClient(base_url=desk.stack.url, headers=desk.customer.headers, timeout=10) as client:
        answer = await client.get(f"/api/v1{path}")
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unavailable"


async def _metric(desk: LiveDesk, service: str, name: str) -> float:
    async with httpx.AsyncClient() as client:
        text = (await client.get(f"http://127.0.0.1:{desk.stack.port(service)}/metrics")).text
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} "))
