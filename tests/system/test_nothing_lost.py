"""Nothing lost, nothing doubled: 500 tickets while everything is killed again and again."""

import asyncio
import os
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.support.callers import Caller, caller
from tests.support.eventually import eventually
from tests.support.smtp import RecordingSmtp
from tests.support.stack import RunningStack, running_stack

TICKETS = 500
CLIENTS = 8
VICTIMS = ("tickets", "notifications", "mailer", "auth", "nats", "mongod")
SMTP_CONNECTIONS = 4
PASSWORD = "storm-proof-2026"


class Storm:
    """Kills one component every second or so, for as long as it blows."""

    def __init__(self, stack: RunningStack, chance: random.Random) -> None:
        self._stack = stack
        self._chance = chance
        self.killed: Counter[str] = Counter()

    async def blow(self) -> None:
        while True:
            await asyncio.sleep(self._chance.uniform(0.7, 1.3))
            victim = self._chance.choice(VICTIMS)
            try:
                self._stack.kill(victim)
            except LookupError:
                continue  # it is still getting up from the last time
            self.killed[victim] += 1


class Desk:
    """Eight customers who open tickets, and an agent who resolves every other one."""

    def __init__(self, customers: list[Caller], agent: Caller) -> None:
        self.customers = customers
        self.agent = agent
        self.tickets: dict[str, dict[str, Any]] = {}
        self.resolved: set[str] = set()

    async def work(self) -> None:
        await asyncio.gather(*(self._ask(customer, number) for number, customer in enumerate(self.customers)))

    async def _ask(self, customer: Caller, client: int) -> None:
        for number in range(-(-TICKETS // CLIENTS)):
            title = f"storm {client}-{number}"
            new = {"title": title, "description": "Everything is falling over."}
            answer = await customer.send("POST", "/tickets", json=new, key=title)
            assert answer.status_code == 201, answer.text
            ticket = answer.json()
            self.tickets[ticket["id"]] = {"title": title, "requester": customer.id}
            if number % 2:
                answer = await self.agent.send("PATCH", f"/tickets/{ticket['id']}", json={"status": "resolved"})
                assert answer.status_code == 200, answer.text
                self.resolved.add(ticket["id"])


async def test_nothing_is_lost_and_nothing_doubled_while_everything_is_killed(
    tmp_path: Path, smtp: RecordingSmtp
) -> None:
    seed = int(os.environ.get("HELPDESK_STORM_SEED", "20260101"))
    print(f"seed {seed}")  # noqa: T201 - to repeat a failure
    options = ("--smtp", f"127.0.0.1:{smtp.port}", "--env", "HELPDESK_SMTP_TIMEOUT_SECONDS=3")
    environment = {"HELPDESK_RATE_LIMITS": "off"}
    async with running_stack(tmp_path / "data", *options, environment=environment) as stack, _open_desk(stack) as desk:
        storm = Storm(stack, random.Random(seed))
        blowing = asyncio.create_task(storm.blow())
        try:
            await desk.work()
        finally:
            blowing.cancel()
        print(f"{len(desk.tickets)} tickets, killed {dict(storm.killed)}")  # noqa: T201
        assert len(desk.tickets) >= TICKETS
        assert sum(storm.killed.values()) >= 10, "the storm was too short to mean anything"

        await eventually(stack.settled, within=120, every=0.5)
        await _every_ticket_is_there_once(stack, desk)
        await _the_log_has_every_event_once(stack, desk)
        await _everybody_was_told_once(stack, desk)
        await _every_mail_arrived(stack, desk, smtp, mailer_kills=storm.killed["mailer"])
        assert await stack.dead_letters() == {}
        assert sum(each.server_errors for each in (*desk.customers, desk.agent)) == 0, "somebody was answered 500"


@asynccontextmanager
async def _open_desk(stack: RunningStack) -> AsyncIterator[Desk]:
    account = next(each for each in stack.description["accounts"] if each["role"] == "agent")
    agent = caller(stack.url)
    await agent.log_in(account["email"], account["password"])
    customers = [caller(stack.url) for _ in range(CLIENTS)]
    for number, customer in enumerate(customers):
        await customer.sign_up(f"storm{number}@helpdesk.example", PASSWORD)
    await eventually(stack.settled, within=30)
    try:
        yield Desk(customers, agent)
    finally:
        for each in (*customers, agent):
            await each.http.aclose()


async def _every_ticket_is_there_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        stored = await client["tickets"]["tickets"].find({"title": {"$regex": "^storm "}}).to_list()
    assert Counter(each["title"] for each in stored) == Counter(each["title"] for each in desk.tickets.values())
    assert {str(each["_id"]) for each in stored} == set(desk.tickets)
    assert len({each["number"] for each in stored}) == len(stored)
    for each in stored:
        assert each["status"] == ("resolved" if str(each["_id"]) in desk.resolved else "new")


async def _the_log_has_every_event_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        log: dict[str, list[dict[str, Any]]] = defaultdict(list)
        ids = [UUID(ticket) for ticket in desk.tickets]
        async for event in client["tickets"]["events"].find({"aggregate_id": {"$in": ids}}).sort("sequence"):
            log[str(event["aggregate_id"])].append(event)
    for ticket in desk.tickets:
        expected = ["tickets.ticket.created"]
        if ticket in desk.resolved:
            expected.append("tickets.ticket.status_changed")
        assert [event["type"] for event in log[ticket]] == expected
        assert [event["sequence"] for event in log[ticket]] == list(range(1, len(expected) + 1))


async def _everybody_was_told_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        known = await client["notifications"]["people"].find({"role": {"$in": ["agent", "admin"]}}).to_list()
        query = {"ticket_id": {"$in": [UUID(ticket) for ticket in desk.tickets]}}
        notifications = await client["notifications"]["notifications"].find(query).to_list()
    told = Counter((each["kind"], str(each["ticket_id"]), str(each["recipient_id"])) for each in notifications)
    staff = [str(person["_id"]) for person in known]
    expected = Counter(("ticket_created", ticket, person) for ticket in desk.tickets for person in staff)
    expected.update(("status_changed", ticket, desk.tickets[ticket]["requester"]) for ticket in desk.resolved)
    assert told == expected


async def _every_mail_arrived(stack: RunningStack, desk: Desk, smtp: RecordingSmtp, *, mailer_kills: int) -> None:
    async with stack.mongo() as client:
        query = {"ticket_id": {"$in": [UUID(ticket) for ticket in desk.tickets]}}
        ledger = await client["mailer"]["mails"].find(query).to_list()
    assert Counter(str(mail["ticket_id"]) for mail in ledger) == Counter(desk.resolved)
    assert {mail["status"] for mail in ledger} == {"sent"}
    seen = smtp.times_seen()
    assert {mail["message_id"] for mail in ledger} <= set(seen), "a mail never arrived"
    of_ticket = defaultdict(set)
    for message in smtp.messages:
        of_ticket[str(message["References"])].add(str(message["Message-ID"]))
    for mail in ledger:
        ids = next(ids for thread, ids in of_ticket.items() if str(mail["ticket_id"]) in thread)
        assert ids == {mail["message_id"]}, "one mail went out under two Message-IDs"
    # The one documented window: the server has said 250 and mailer dies before the ledger knows.
    twice = sum(times - 1 for times in seen.values())
    print(f"{len(seen)} mails, {twice} of them twice, mailer killed {mailer_kills} times")  # noqa: T201
    assert twice <= mailer_kills * SMTP_CONNECTIONS
