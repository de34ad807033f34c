"""People and tickets of the benchmarks, made before anything is measured, and what they caused, waited for."""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import nats
from nats.js import JetStreamContext

from bench.connection import Answer, Connection, request
from bench.ground import Ground
from common.ids import new_id

PEOPLE, TICKETS_EACH = 20, 50
TICKETS_OF_ONE = 1000
OTHER_TICKETS = 5000
OTHER_PEOPLE = 200
PASSWORD = "benches-are-for-sitting"
DESCRIPTION = "Since the update this morning it prints only every second page, and those upside down. " * 4

_TOKEN_SECONDS = 8 * 60
_SETTLE_SECONDS = 90
_TRIES, _RETRY_AFTER_SECONDS = 5, 1
"""Of what is only prepared. A machine that is too busy answers 503 and asks to be asked again."""


@dataclass
class Person:
    """Somebody with an account of the demo data."""

    email: str
    password: str
    id: UUID | None = None
    organisation_id: UUID | None = None
    token: str = ""
    logged_in_at: float = field(default=float("-inf"))

    def is_logged_in(self, said: Mapping[str, Any]) -> None:
        """As auth answered."""
        self.token, self.logged_in_at = said["access_token"], time.monotonic()
        self.id = UUID(said["user"]["id"])
        self.organisation_id = UUID(said["user"]["organisation_id"])


class Desk:
    """People at work, through the front door: twenty customers with some tickets, one with very many, and an agent."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._connection = Connection(ground.door)
        self._outboxes: list[tuple[str, str]] = []
        accounts = {each["role"]: each for each in ground.description["accounts"]}
        self.customer, self.agent = (
            Person(accounts[role]["email"], accounts[role]["password"]) for role in ("customer", "agent")
        )
        self.people = [Person(f"bench{number}@helpdesk.example", PASSWORD) for number in range(PEOPLE)]
        self.tickets: list[tuple[Person, UUID]] = []
        """Those of the twenty, with whose they are."""

    async def token_of(self, person: Person) -> str:
        """An access token that is good for some more minutes."""
        if time.monotonic() - person.logged_in_at > _TOKEN_SECONDS:
            body = {"email": person.email, "password": person.password}
            said = _ok(await self._connection.ask(request("POST", "/api/v1/auth/login", body=body)), 200)
            person.is_logged_in(said)
        return person.token

    async def create(self, title: str) -> UUID:
        """A new ticket of the customer."""
        what = request("POST", "/api/v1/tickets", token=await self.token_of(self.customer), body=new_ticket(title))
        answer = await self._connection.ask(what)
        for _ in range(_TRIES):
            if answer.status != 503:
                break
            await asyncio.sleep(_RETRY_AFTER_SECONDS)
            answer = await self._connection.ask(what)
        return UUID(_ok(answer, 201)["id"])

    async def resolve(self, ticket: UUID) -> Answer:
        """By the agent, so that the customer gets a mail."""
        token = await self.token_of(self.agent)
        return await self._connection.ask(
            request("PATCH", f"/api/v1/tickets/{ticket}", token=token, body={"status": "resolved"})
        )

    async def fill(self) -> None:
        """Accounts, and tickets: copies of one that the service itself made, so that they are whatever the service
        stores. The copies have no events."""
        for person in self.people:
            body = {"email": person.email, "password": person.password}
            person.is_logged_in(_ok(await self._connection.ask(request("POST", "/api/v1/auth/signup", body=body)), 201))
        made = await self.create("Pages upside down")
        await self.settle()
        async with self._ground.mongo() as client:
            tickets = client["tickets"]["tickets"]
            pattern = await tickets.find_one({"_id": made})
            if pattern is None:
                raise RuntimeError(f"ticket {made} is not in tickets.tickets")
            requesters = self._requesters(pattern["requester"])
            copies = [
                {**pattern, "_id": new_id(), "number": pattern["number"] + each, "requester": requester}
                for each, requester in enumerate(requesters, 1)
            ]
            await tickets.insert_many(copies, ordered=False)
            counters = client["tickets"]["ticket_numbers"]
            last = pattern["number"] + len(copies)
            await counters.update_one({"_id": pattern["organisation_id"]}, {"$set": {"last": last}})
        whose = {person.id: person for person in self.people}
        self.tickets = [
            (whose[each["requester"]["id"]], each["_id"]) for each in copies if each["requester"]["id"] in whose
        ]

    def _requesters(self, customer: dict[str, Any]) -> list[dict[str, Any]]:
        """Of each ticket, well mixed."""
        people = [{"id": person.id, "name": person.email} for person in self.people]
        others = [{"id": new_id(), "name": f"Customer {number}"} for number in range(OTHER_PEOPLE)]
        requesters = people * TICKETS_EACH + [customer] * TICKETS_OF_ONE
        requesters += others * (OTHER_TICKETS // OTHER_PEOPLE)
        random.Random(OTHER_TICKETS).shuffle(requesters)
        return requesters

    async def settle(self) -> float:
        """Waits until nothing is on its way any more: no event unpublished, undelivered or in hand, no mail owed.
        The seconds it took. Raises TimeoutError."""
        started = time.monotonic()
        try:
            await self._until_quiet()
        except TimeoutError:
            raise TimeoutError(f"events or mails are still on their way after {_SETTLE_SECONDS} s") from None
        return time.monotonic() - started

    async def _until_quiet(self) -> None:
        users = self._ground.description["nats_users"]
        connection = await nats.connect(
            self._ground.description["nats_url"],
            user="provisioner",
            password=users["provisioner"],
            inbox_prefix="_INBOX_provisioner",
        )
        try:
            async with self._ground.mongo() as client, asyncio.timeout(_SETTLE_SECONDS):
                quiet = 0
                while quiet < 2:  # twice: between outbox and stream there is a moment when an event is in neither
                    busy = await self._is_anything_unpublished(client) or await _is_anything_unheard(
                        connection.jetstream()
                    )
                    quiet = 0 if busy else quiet + 1
                    await asyncio.sleep(0.05)
        finally:
            await connection.close()

    def close(self) -> None:
        self._connection.close()

    async def _is_anything_unpublished(self, client: Any) -> bool:
        if not self._outboxes:
            for database in ("auth", "tickets", "notifications", "mailer"):
                for collection in await client[database].list_collection_names():
                    if "outbox" in await client[database][collection].index_information():
                        self._outboxes.append((database, collection))
        for database, collection in self._outboxes:
            if await client[database][collection].find_one({"outbox.0": {"$exists": True}}, {"_id": 1}, hint="outbox"):
                return True
        owed = {"status": {"$in": ["queued", "sending"]}}
        return await client["mailer"]["mails"].find_one(owed, {"_id": 1}) is not None


def new_ticket(title: str) -> dict[str, object]:
    """What a customer writes."""
    return {"title": title, "description": DESCRIPTION, "priority": "normal"}


async def _is_anything_unheard(jetstream: JetStreamContext) -> bool:
    for stream in await jetstream.streams_info():
        for consumer in await jetstream.consumers_info(stream.config.name or ""):
            if consumer.num_pending or consumer.num_ack_pending:
                return True
    return False


def _ok(answer: Answer, status: int) -> dict[str, Any]:
    if answer.status != status:
        raise RuntimeError(f"answered {answer.status}, not {status}: {answer.body[:300].decode(errors='replace')}")
    said: dict[str, Any] = json.loads(answer.body)
    return said
