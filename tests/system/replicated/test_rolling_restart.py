"""Every service is replaced, one replica after the other, while people work; nobody notices."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from common.services import SERVICES
from tests.support.eventually import eventually
from tests.support.stack import RetryingClient
from tests.system.conftest import LiveDesk

pytestmark = pytest.mark.asyncio(loop_scope="session")

AT_ONCE = 2
PAUSE_SECONDS = 0.2
"""Of each of them after every few requests: the processors are for what is restarted, too."""


@dataclass
class Work:
    """What people do meanwhile, and everything that went wrong for them."""

    desk: LiveDesk
    done: asyncio.Event = field(default_factory=asyncio.Event)
    tickets: list[dict[str, Any]] = field(default_factory=list)
    requests: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    async def go_on(self, number: int) -> None:
        """Open tickets, answer them, look at lists and at oneself, until it is done."""
        round_ = 0
        while not self.done.is_set():
            round_ += 1
            new = {"title": f"{number}-{round_}", "description": "While everything is replaced."}
            ticket = await self._send(self.desk.customer, "POST", "/tickets", json=new)
            if ticket is not None:
                self.tickets.append(ticket)
                answer = {"body": "Seen.", "visibility": "public"}
                await self._send(self.desk.agent, "POST", f"/tickets/{ticket['id']}/messages", json=answer)
            for path in ("/tickets?limit=20", "/notifications?limit=5", "/auth/me"):
                await self._send(self.desk.agent, "GET", path)
            await asyncio.sleep(PAUSE_SECONDS)

    async def _send(self, who: RetryingClient, method: str, path: str, **request: Any) -> dict[str, Any] | None:
        """Once: nobody repeats a request here."""
        try:
            answer = await who.http.request(method, f"/api/v1{path}", headers=who.headers, timeout=60, **request)
        except httpx.HTTPError as error:
            self.failures.append(f"{method} {path}: {error!r}")
            return None
        self.requests[f"{method} {path.split('/')[1].split('?')[0]}"] += 1
        if not answer.is_success:
            self.failures.append(f"{method} {path}: {answer.status_code} {answer.text}")
            return None
        found: dict[str, Any] = answer.json()
        return found


async def test_no_request_fails_and_nothing_is_lost_or_doubled(desk: LiveDesk) -> None:
    work = Work(desk)
    people = [asyncio.create_task(work.go_on(number)) for number in range(AT_ONCE)]
    try:
        for service in SERVICES:
            for replica in (f"{service}-1", f"{service}-2"):
                pid = desk.stack.pid(replica)
                await desk.stack.control("restart", replica)

                async def is_back(replica: str = replica, before: int = pid) -> None:
                    assert desk.stack.pid(replica) != before

                await eventually(is_back, within=90, every=0.2)
    finally:
        work.done.set()
        await asyncio.gather(*people)

    print(f"\n{sum(work.requests.values())} requests while 8 processes were replaced: {dict(work.requests)}")
    assert not work.failures, "\n".join(work.failures)
    await eventually(desk.stack.settled, within=90, every=0.5)
    opened = {str(ticket["id"]): f"[#{ticket['number']}] {ticket['title']}" for ticket in work.tickets}
    for ticket in work.tickets:
        said = await desk.in_stream(ticket)
        assert said == {"ticket.created": 1, "message.posted": 1, "ticket.status_changed": 1}
    to_agent = Counter(ticket for ticket, kind in await everything_told(desk.agent) if kind == "ticket_created")
    assert {ticket: to_agent[ticket] for ticket in opened} == dict.fromkeys(opened, 1)
    to_customer = Counter(told for told in await everything_told(desk.customer) if told[0] in opened)
    assert set(to_customer.values()) == {1}
    mailed = Counter(str(mail["Subject"]) for mail in desk.smtp.to("outage@helpdesk.example"))
    assert {each: mailed[each] for each in opened.values()} == Counter(opened[ticket] for ticket, _ in to_customer)
    assert await desk.stack.dead_letters() == {}


async def everything_told(who: RetryingClient) -> list[tuple[str, str]]:
    """The ticket and the kind of all somebody's notifications about tickets."""
    found: list[tuple[str, str]] = []
    cursor = ""
    while True:
        page = (await who.send("GET", f"/notifications?limit=100{cursor}")).json()
        found += [(str(each["ticket_id"]), str(each["kind"])) for each in page["items"] if each["ticket_id"]]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"
