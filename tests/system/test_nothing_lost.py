"""Nothing is lost and nothing doubled: tickets with replies, assignments and mails, while every component is killed.

`HELPDESK_SOAK=1` runs 500 tickets and 40 kills for each seed in HELPDESK_SOAK_SEEDS (separated by commas); otherwise
the run is small. Each seed prints what it did.
"""

import asyncio
import itertools
import os
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from common.services import SERVICES
from tests.support.eventually import eventually
from tests.support.smtp import RecordingSmtp
from tests.support.stack import RetryingClient, RunningStack, retrying_clients, running_stack

SOAK = os.environ.get("HELPDESK_SOAK") == "1"
SEEDS = os.environ.get("HELPDESK_SOAK_SEEDS", "20260101,20260102,20260103,20260104,20260105" if SOAK else "20260101")
TICKETS, KILLS = (500, 40) if SOAK else (120, 12)
CLIENTS = 8
VICTIMS = (*SERVICES, "nats", "mongod")
PASSWORD = "storm-proof-2026"


class FaultInjector:
    """Kills one component after every few tickets, from the first to the last, however fast the machine is."""

    def __init__(self, stack: RunningStack, chance: random.Random) -> None:
        self._stack = stack
        self._chance = chance
        self.killed: Counter[str] = Counter()

    async def run(self, desk: "Desk") -> None:
        while True:
            seen = len(desk.tickets)

            async def progressed(seen: int = seen) -> None:
                assert len(desk.tickets) >= seen + TICKETS // KILLS

            await eventually(progressed, within=120)
            victims = self._chance.sample(VICTIMS, len(VICTIMS))
            # All of them may be restarting: then none is killed.
            self.killed.update(itertools.islice(filter(self._kills, victims), 1))

    def _kills(self, victim: str) -> bool:
        """False while it is restarting."""
        try:
            self._stack.kill(victim)
        except LookupError:
            return False
        return True


@dataclass(frozen=True)
class Lifecycle:
    """A ticket's events in order, and its notifications and mails, as kind and recipient."""

    events: tuple[str, ...]
    notified: tuple[tuple[str, str], ...]
    mailed: tuple[tuple[str, str], ...] = ()


NEW = Lifecycle(("ticket.created",), (("ticket_created", "staff"),))
RESOLVED = Lifecycle(
    ("ticket.created", "ticket.status_changed"),
    (("ticket_created", "staff"), ("status_changed", "requester")),
    (("status_changed", "requester"),),
)
DISCUSSED = Lifecycle(
    (
        "ticket.created",
        *("ticket.assigned", "ticket.status_changed"),
        *("message.posted", "message.posted"),
        "ticket.status_changed",
    ),
    (("ticket_created", "staff"), ("replied", "requester"), ("replied", "agent"), ("status_changed", "requester")),
    (("replied", "requester"), ("replied", "agent"), ("status_changed", "requester")),
)
LIFECYCLES = (NEW, RESOLVED, NEW, DISCUSSED)


@dataclass(frozen=True)
class Acknowledged:
    """A ticket whose creation was answered 201."""

    title: str
    requester: str
    lifecycle: Lifecycle


class Desk:
    """Eight customers who open tickets, and an agent who handles every other one."""

    def __init__(self, customers: list[RetryingClient], agent: RetryingClient) -> None:
        self.customers = customers
        self.agent = agent
        self.tickets: dict[str, Acknowledged] = {}

    async def work(self) -> None:
        await asyncio.gather(*(self._ask(customer, number) for number, customer in enumerate(self.customers)))

    async def _ask(self, customer: RetryingClient, client: int) -> None:
        for number in range(-(-TICKETS // CLIENTS)):
            title = f"soak {client}-{number}"
            new = {"title": title, "description": "It burns."}
            id_ = (await _done(customer, "POST", "/tickets", new, key=title))["id"]
            lifecycle = LIFECYCLES[number % len(LIFECYCLES)]
            self.tickets[id_] = Acknowledged(title, customer.id, lifecycle)
            if lifecycle is DISCUSSED:
                await _done(self.agent, "PUT", f"/tickets/{id_}/assignee", {"user_id": self.agent.id})
                for by in (self.agent, customer):
                    await _done(by, "POST", f"/tickets/{id_}/messages", {"body": "Hello?"}, key=f"{title} {by.id}")
            if lifecycle is not NEW:
                await _done(self.agent, "PATCH", f"/tickets/{id_}", {"status": "resolved"})


async def _done(by: RetryingClient, method: str, path: str, body: Any, *, key: str | None = None) -> dict[str, Any]:
    answer = await by.send(method, path, json=body, key=key)
    assert answer.status_code in (200, 201), answer.text
    done: dict[str, Any] = answer.json()
    return done


@pytest.mark.soak
@pytest.mark.parametrize("seed", [int(seed) for seed in SEEDS.split(",")])
async def test_nothing_is_lost_and_nothing_doubled_while_every_component_is_killed(
    tmp_path: Path, smtp: RecordingSmtp, seed: int
) -> None:
    mailer = ("--env", "HELPDESK_SMTP_TIMEOUT_SECONDS=3", "--env", "HELPDESK_MAIL_RESEND_SECONDS=5")
    options = ("--smtp", f"127.0.0.1:{smtp.port}", *mailer)
    environment = {"HELPDESK_RATE_LIMITS": "off"}
    async with running_stack(tmp_path / "data", *options, environment=environment) as stack, _open_desk(stack) as desk:
        faults = FaultInjector(stack, random.Random(seed))
        injecting = asyncio.create_task(faults.run(desk))
        try:
            await desk.work()
        finally:
            if injecting.done():
                injecting.result()  # raises why it ended
            injecting.cancel()
        kills = sum(faults.killed.values())
        print(f"seed {seed}: {len(desk.tickets)} tickets, {kills} kills {dict(faults.killed)}")  # noqa: T201
        assert len(desk.tickets) >= TICKETS
        assert kills >= KILLS // 2, "too few kills to prove anything"

        await eventually(stack.settled, within=120, every=0.5)
        await _every_ticket_is_there_once(stack, desk)
        await _the_log_has_every_event_once(stack, desk)
        await _every_notification_exists_once(stack, desk)
        mails, doubled = await _every_mail_arrived(stack, desk, smtp)
        assert await stack.dead_letters() == {}
        assert sum(each.server_errors for each in (*desk.customers, desk.agent)) == 0, "a request was answered 500"
        print(f"seed {seed}: {mails} mails, {doubled} repeated; nothing lost, nothing doubled")  # noqa: T201


@asynccontextmanager
async def _open_desk(stack: RunningStack) -> AsyncIterator[Desk]:
    account = stack.account("agent")
    async with retrying_clients(stack.url) as new_client:
        agent = new_client()
        await agent.log_in(account["email"], account["password"])
        customers = [new_client() for _ in range(CLIENTS)]
        for number, customer in enumerate(customers):
            await customer.sign_up(f"soak{number}@helpdesk.example", PASSWORD)
        await eventually(stack.settled)
        yield Desk(customers, agent)


async def _every_ticket_is_there_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        stored = await client["tickets"]["tickets"].find({"title": {"$regex": "^soak "}}).to_list()
    assert Counter(each["title"] for each in stored) == Counter(each.title for each in desk.tickets.values())
    assert {str(each["_id"]) for each in stored} == set(desk.tickets)
    assert len({each["number"] for each in stored}) == len(stored)
    for each in stored:
        lifecycle = desk.tickets[str(each["_id"])].lifecycle
        assert each["status"] == ("new" if lifecycle is NEW else "resolved")
        assert each["message_count"] == lifecycle.events.count("message.posted")


async def _the_log_has_every_event_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        log: dict[str, list[dict[str, Any]]] = defaultdict(list)
        ids = [UUID(ticket) for ticket in desk.tickets]
        async for event in client["tickets"]["events"].find({"aggregate_id": {"$in": ids}}).sort("sequence"):
            log[str(event["aggregate_id"])].append(event)
    for ticket, asked in desk.tickets.items():
        expected = list(asked.lifecycle.events)
        assert [event["type"].removeprefix("tickets.") for event in log[ticket]] == expected
        assert [event["sequence"] for event in log[ticket]] == list(range(1, len(expected) + 1))


async def _every_notification_exists_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        known = await client["notifications"]["people"].find({"role": {"$in": ["agent", "admin"]}}).to_list()
        query = {"ticket_id": {"$in": [UUID(ticket) for ticket in desk.tickets]}}
        notifications = await client["notifications"]["notifications"].find(query).to_list()
    notified = Counter((each["kind"], str(each["ticket_id"]), str(each["recipient_id"])) for each in notifications)
    staff = [str(person["_id"]) for person in known]
    expected = Counter(
        (kind, ticket, person)
        for ticket, asked in desk.tickets.items()
        for kind, whom in asked.lifecycle.notified
        for person in _people(desk, asked, whom, staff)
    )
    assert notified == expected


def _people(desk: Desk, asked: Acknowledged, whom: str, staff: list[str]) -> list[str]:
    return {"staff": staff, "requester": [asked.requester], "agent": [desk.agent.id]}[whom]


async def _every_mail_arrived(stack: RunningStack, desk: Desk, smtp: RecordingSmtp) -> tuple[int, int]:
    """The number of mails, and of repeated arrivals."""
    async with stack.mongo() as client:
        query = {"ticket_id": {"$in": [UUID(ticket) for ticket in desk.tickets]}}
        ledger = await client["mailer"]["mails"].find(query).to_list()
    owed = Counter(
        (kind, ticket, person)
        for ticket, asked in desk.tickets.items()
        for kind, whom in asked.lifecycle.mailed
        for person in _people(desk, asked, whom, [])
    )
    assert Counter((each["kind"], str(each["ticket_id"]), str(each["recipient"]["id"])) for each in ledger) == owed
    # Unknown are those whose sender was killed twice after it had sent the content.
    assert {mail["status"] for mail in ledger if not mail["resent"]} <= {"sent"}
    assert {mail["status"] for mail in ledger} <= {"sent", "unknown"}
    seen = smtp.times_seen()
    assert {mail["message_id"] for mail in ledger} <= set(seen), "a mail never arrived"
    of_ticket = defaultdict(set)
    for message in smtp.messages:
        of_ticket[str(message["References"])].add(str(message["Message-ID"]))
    for ticket in {str(mail["ticket_id"]) for mail in ledger}:
        ids = next(ids for thread, ids in of_ticket.items() if ticket in thread)
        expected = {mail["message_id"] for mail in ledger if str(mail["ticket_id"]) == ticket}
        assert ids == expected, "one mail went out under two Message-IDs"
    # Only a mail whose outcome was unknown is sent again, and only once.
    repeated = {message_id for message_id, times in seen.items() if times > 1}
    assert repeated <= {mail["message_id"] for mail in ledger if mail["resent"]}
    assert max(seen.values()) <= 2
    return len(seen), len(repeated)
