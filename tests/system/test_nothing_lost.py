"""Nothing lost, nothing doubled: 500 tickets, with answers, assignments and mails, while everything is killed again and
again."""

import asyncio
import itertools
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from tests.support.eventually import eventually
from tests.support.smtp import RecordingSmtp
from tests.support.soak import STORM_SEEDS
from tests.support.stack import RetryingClient, RunningStack, retrying_clients, running_stack

TICKETS = 500
KILLS = 40
CLIENTS = 8
VICTIMS = ("tickets", "notifications", "mailer", "auth", "nats", "mongod")
SMTP_CONNECTIONS = 4
PASSWORD = "storm-proof-2026"


class Storm:
    """Kills one component after every few tickets, so that it blows from the first to the last of them, however fast
    the machine is."""

    def __init__(self, stack: RunningStack, chance: random.Random) -> None:
        self._stack = stack
        self._chance = chance
        self.killed: Counter[str] = Counter()

    async def blow(self, desk: "Desk") -> None:
        while True:
            seen = len(desk.tickets)

            async def goes_on(seen: int = seen) -> None:
                assert len(desk.tickets) >= seen + TICKETS // KILLS

            await eventually(goes_on, within=120)
            victims = self._chance.sample(VICTIMS, len(VICTIMS))
            # All of them may be getting up: then this gust finds nobody.
            self.killed.update(itertools.islice(filter(self._kills, victims), 1))

    def _kills(self, victim: str) -> bool:
        """False where it is still getting up from the last time."""
        try:
            self._stack.kill(victim)
        except LookupError:
            return False
        return True


@dataclass(frozen=True)
class Life:
    """What becomes of a ticket: its events in order, who is told what of it, and who gets which mail."""

    events: tuple[str, ...]
    told: tuple[tuple[str, str], ...]
    mailed: tuple[tuple[str, str], ...] = ()


ASKED = Life(("ticket.created",), (("ticket_created", "staff"),))
RESOLVED = Life(
    ("ticket.created", "ticket.status_changed"),
    (("ticket_created", "staff"), ("status_changed", "requester")),
    (("status_changed", "requester"),),
)
TALKED_ABOUT = Life(
    (
        "ticket.created",
        *("ticket.assigned", "ticket.status_changed"),
        *("message.posted", "message.posted"),
        "ticket.status_changed",
    ),
    (("ticket_created", "staff"), ("replied", "requester"), ("replied", "agent"), ("status_changed", "requester")),
    (("replied", "requester"), ("replied", "agent"), ("status_changed", "requester")),
)
LIVES = (ASKED, RESOLVED, ASKED, TALKED_ABOUT)


@dataclass(frozen=True)
class Asked:
    """A ticket that was acknowledged."""

    title: str
    requester: str
    life: Life


class Desk:
    """Eight customers who open tickets, and an agent who takes care of every other one."""

    def __init__(self, customers: list[RetryingClient], agent: RetryingClient) -> None:
        self.customers = customers
        self.agent = agent
        self.tickets: dict[str, Asked] = {}

    async def work(self) -> None:
        await asyncio.gather(*(self._ask(customer, number) for number, customer in enumerate(self.customers)))

    async def _ask(self, customer: RetryingClient, client: int) -> None:
        for number in range(-(-TICKETS // CLIENTS)):
            title = f"storm {client}-{number}"
            new = {"title": title, "description": "Everything is falling over."}
            id_ = (await _done(customer, "POST", "/tickets", new, key=title))["id"]
            self.tickets[id_] = Asked(title, customer.id, life := LIVES[number % len(LIVES)])
            if life is TALKED_ABOUT:
                await _done(self.agent, "PUT", f"/tickets/{id_}/assignee", {"user_id": self.agent.id})
                for by in (self.agent, customer):
                    await _done(by, "POST", f"/tickets/{id_}/messages", {"body": "Hello?"}, key=f"{title} {by.id}")
            if life is not ASKED:
                await _done(self.agent, "PATCH", f"/tickets/{id_}", {"status": "resolved"})


async def _done(by: RetryingClient, method: str, path: str, body: Any, *, key: str | None = None) -> dict[str, Any]:
    answer = await by.send(method, path, json=body, key=key)
    assert answer.status_code in (200, 201), answer.text
    done: dict[str, Any] = answer.json()
    return done


@pytest.mark.soak
@pytest.mark.parametrize("seed", STORM_SEEDS)
async def test_nothing_is_lost_and_nothing_doubled_while_everything_is_killed(
    tmp_path: Path, smtp: RecordingSmtp, seed: int
) -> None:
    options = ("--smtp", f"127.0.0.1:{smtp.port}", "--env", "HELPDESK_SMTP_TIMEOUT_SECONDS=3")
    environment = {"HELPDESK_RATE_LIMITS": "off"}
    async with running_stack(tmp_path / "data", *options, environment=environment) as stack, _open_desk(stack) as desk:
        storm = Storm(stack, random.Random(seed))
        blowing = asyncio.create_task(storm.blow(desk))
        try:
            await desk.work()
        finally:
            if blowing.done():
                blowing.result()  # it should not have ended by itself
            blowing.cancel()
        print(f"{len(desk.tickets)} tickets, killed {dict(storm.killed)}")  # noqa: T201
        assert len(desk.tickets) >= TICKETS
        assert sum(storm.killed.values()) >= KILLS // 2, "the storm was too weak to mean anything"

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
    async with retrying_clients(stack.url) as new_client:
        agent = new_client()
        await agent.log_in(account["email"], account["password"])
        customers = [new_client() for _ in range(CLIENTS)]
        for number, customer in enumerate(customers):
            await customer.sign_up(f"storm{number}@helpdesk.example", PASSWORD)
        await eventually(stack.settled)
        yield Desk(customers, agent)


async def _every_ticket_is_there_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        stored = await client["tickets"]["tickets"].find({"title": {"$regex": "^storm "}}).to_list()
    assert Counter(each["title"] for each in stored) == Counter(each.title for each in desk.tickets.values())
    assert {str(each["_id"]) for each in stored} == set(desk.tickets)
    assert len({each["number"] for each in stored}) == len(stored)
    for each in stored:
        life = desk.tickets[str(each["_id"])].life
        assert each["status"] == ("new" if life is ASKED else "resolved")
        assert each["message_count"] == life.events.count("message.posted")


async def _the_log_has_every_event_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        log: dict[str, list[dict[str, Any]]] = defaultdict(list)
        ids = [UUID(ticket) for ticket in desk.tickets]
        async for event in client["tickets"]["events"].find({"aggregate_id": {"$in": ids}}).sort("sequence"):
            log[str(event["aggregate_id"])].append(event)
    for ticket, asked in desk.tickets.items():
        expected = list(asked.life.events)
        assert [event["type"].removeprefix("tickets.") for event in log[ticket]] == expected
        assert [event["sequence"] for event in log[ticket]] == list(range(1, len(expected) + 1))


async def _everybody_was_told_once(stack: RunningStack, desk: Desk) -> None:
    async with stack.mongo() as client:
        known = await client["notifications"]["people"].find({"role": {"$in": ["agent", "admin"]}}).to_list()
        query = {"ticket_id": {"$in": [UUID(ticket) for ticket in desk.tickets]}}
        notifications = await client["notifications"]["notifications"].find(query).to_list()
    told = Counter((each["kind"], str(each["ticket_id"]), str(each["recipient_id"])) for each in notifications)
    staff = [str(person["_id"]) for person in known]
    expected = Counter(
        (kind, ticket, person)
        for ticket, asked in desk.tickets.items()
        for kind, whom in asked.life.told
        for person in _people(desk, asked, whom, staff)
    )
    assert told == expected


def _people(desk: Desk, asked: Asked, whom: str, staff: list[str]) -> list[str]:
    return {"staff": staff, "requester": [asked.requester], "agent": [desk.agent.id]}[whom]


async def _every_mail_arrived(stack: RunningStack, desk: Desk, smtp: RecordingSmtp, *, mailer_kills: int) -> None:
    async with stack.mongo() as client:
        query = {"ticket_id": {"$in": [UUID(ticket) for ticket in desk.tickets]}}
        ledger = await client["mailer"]["mails"].find(query).to_list()
    owed = Counter(
        (kind, ticket, person)
        for ticket, asked in desk.tickets.items()
        for kind, whom in asked.life.mailed
        for person in _people(desk, asked, whom, [])
    )
    assert Counter((each["template"], str(each["ticket_id"]), str(each["recipient"]["id"])) for each in ledger) == owed
    assert {mail["status"] for mail in ledger} == {"sent"}
    seen = smtp.times_seen()
    assert {mail["message_id"] for mail in ledger} <= set(seen), "a mail never arrived"
    of_ticket = defaultdict(set)
    for message in smtp.messages:
        of_ticket[str(message["References"])].add(str(message["Message-ID"]))
    for ticket in {str(mail["ticket_id"]) for mail in ledger}:
        ids = next(ids for thread, ids in of_ticket.items() if ticket in thread)
        expected = {mail["message_id"] for mail in ledger if str(mail["ticket_id"]) == ticket}
        assert ids == expected, "one mail went out under two Message-IDs"
    # The one documented window: the server has said 250 and mailer dies before the ledger knows.
    twice = sum(times - 1 for times in seen.values())
    print(f"{len(seen)} mails, {twice} of them twice, mailer killed {mailer_kills} times")  # noqa: T201
    assert twice <= mailer_kills * SMTP_CONNECTIONS
