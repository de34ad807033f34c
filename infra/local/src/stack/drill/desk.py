"""People who work during the drill, and what they see."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import nats
from nats.aio.client import Client
from pymongo import AsyncMongoClient

from common.messaging.permissions import api_prefix, inbox_prefix
from common.messaging.topology import CONSUMERS, dead_letters_of, replay_subject
from common.services import SERVICES
from stack.demo_people import CASEY, ROBIN, Person
from stack.errors import StepFailed

CONCURRENCY = 8
SETTLE_SECONDS = 120


@dataclass(frozen=True)
class Snapshot:
    """All tickets, messages, notifications and dead letters, as people see them."""

    tickets: dict[str, dict[str, Any]]
    messages: dict[str, list[dict[str, Any]]]
    notifications: dict[str, list[dict[str, Any]]]
    """Person -> notifications, oldest first."""
    dead_letters: dict[str, int]

    def summary(self) -> str:
        """The counts, for the terminal."""
        counts = {
            "tickets": len(self.tickets),
            "messages": sum(map(len, self.messages.values())),
            "notifications": sum(map(len, self.notifications.values())),
            "dead letters": sum(self.dead_letters.values()),
        }
        return ", ".join(f"{count:,} {what}" for what, count in counts.items())

    def problems(self, before: "Snapshot") -> list[str]:
        """Differences to an earlier snapshot, and notifications that exist twice. Later work is no difference."""
        lost = [f"ticket {each} is missing" for each in before.tickets.keys() - self.tickets.keys()]
        changed = [
            f"ticket {each} differs"
            for each, ticket in before.tickets.items()
            if each in self.tickets and self.tickets[each] != ticket
        ]
        conversations = [
            f"the messages of ticket {each} differ"
            for each, messages in before.messages.items()
            if self.messages.get(each) != messages
        ]
        notifications = [
            f"{who} lacks {sum(missing.values())} notifications"
            for who, had in before.notifications.items()
            if (missing := _counts(had) - _counts(self.notifications[who]))
        ]
        doubled = [
            f"{who} was notified twice of {what}"
            for who, has in self.notifications.items()
            for what, times in _counts(has).items()
            if times > 1
        ]
        others = [
            f"nobody was notified of ticket {each}"
            for each in self.tickets
            if not any(what[0] == each for what in _counts(self.notifications[ROBIN.email]))
        ]
        if before.dead_letters != self.dead_letters:
            others.append(f"there were {before.dead_letters} dead letters, there are {self.dead_letters}")
        return [*lost, *changed, *conversations, *notifications, *doubled, *others]


def _counts(notifications: list[dict[str, Any]]) -> Counter[tuple[str, str, str]]:
    return Counter((str(each["ticket_id"]), str(each["kind"]), str(each["id"])) for each in notifications)


@dataclass
class Desk:
    """A running stack and two people who are logged in."""

    stack: dict[str, Any]
    """As stack.json describes it."""
    http: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)

    @classmethod
    @asynccontextmanager
    async def open(cls, stack: dict[str, Any]) -> AsyncIterator["Desk"]:
        """Raises StepFailed where a login fails."""
        async with httpx.AsyncClient(base_url=f"{stack['url']}/api/v1", timeout=30, trust_env=False) as http:
            desk = cls(stack, http)
            for person in (ROBIN, CASEY):
                body = {"email": person.email, "password": person.password}
                desk.tokens[person.email] = (await desk.send(None, "POST", "/auth/login", body))["access_token"]
            yield desk

    async def work(self, count: int, title: str) -> None:
        """Casey creates `count` tickets. Robin answers each, which notifies Casey in the inbox and by mail."""
        slots = asyncio.Semaphore(CONCURRENCY)

        async def one(number: int) -> None:
            async with slots:
                new = {"title": f"{title} {number}", "description": "Please look at it. " * 20}
                ticket = await self.send(CASEY, "POST", "/tickets", new)
                answer = {"body": f"Looking at number {number}.", "visibility": "public"}
                await self.send(ROBIN, "POST", f"/tickets/{ticket['id']}/messages", answer)

        await asyncio.gather(*(one(number) for number in range(count)))

    async def publish_invalid_event(self) -> None:
        """The mailer receives a message that is no event and makes it a dead letter."""
        async with self._nats("mailer") as client:
            subject = replay_subject("mailer", "mailer", "notifications.email.requested.v1.drill.drill")
            await client.jetstream(prefix=api_prefix("mailer")).publish(subject, b"not an event")

    async def settled(self) -> None:
        """Returns once every event is published and handled and every mail is sent. Raises StepFailed after two
        minutes."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            left = [*await self._unpublished(), *await self._unsettled()]
            if not left:
                return
            if time.monotonic() > deadline:
                raise StepFailed(f"still pending after {SETTLE_SECONDS} s: {', '.join(left)}")
            await asyncio.sleep(0.5)

    async def snapshot(self) -> Snapshot:
        """Reads everything through the API."""
        tickets = {str(each["id"]): each for each in await self._all(ROBIN, "/tickets")}
        return Snapshot(
            tickets=tickets,
            messages={each: await self._all(ROBIN, f"/tickets/{each}/messages") for each in tickets},
            notifications={who.email: await self._all(who, "/notifications") for who in (ROBIN, CASEY)},
            dead_letters=await self._dead_letters(),
        )

    async def mails(self) -> list[str]:
        """The subjects of all mails in the mail catcher."""
        answer = await self.http.get(f"{self.stack['mail_url']}/api/email")
        return [str(mail["subject"]) for mail in answer.raise_for_status().json()]

    async def send(self, who: Person | None, method: str, path: str, body: object = None) -> dict[str, Any]:
        """The response body. Raises StepFailed for an unsuccessful status."""
        headers = {"Authorization": f"Bearer {self.tokens[who.email]}"} if who else {}
        answer = await self.http.request(method, path, json=body, headers=headers)
        if not answer.is_success:
            raise StepFailed(f"{method} {path} answered {answer.status_code} {answer.text[:200]}")
        found: dict[str, Any] = answer.json()
        return found

    async def _all(self, who: Person, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = await self.send(who, "GET", f"{path}?limit=100{cursor}")
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"

    async def _unpublished(self) -> list[str]:
        client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(self.stack["mongo_url"])
        async with client:
            found = [
                f"events of {service}.{name}"
                for service in SERVICES
                for name in await client[service].list_collection_names()
                if await client[service][name].find_one({"outbox.0": {"$exists": True}})
            ]
            found += [f"parked events of {each}" for each in SERVICES if await client[each]["parked_events"].find_one()]
            if await client["mailer"]["mails"].find_one({"status": {"$in": ["queued", "sending"]}}):
                found.append("mails")
        return found

    async def _unsettled(self) -> list[str]:
        async with self._nats("provisioner") as client:
            js = client.jetstream()
            infos = [(spec, await js.consumer_info(spec.stream, spec.durable)) for spec in CONSUMERS]
        return [f"{spec.durable} of {spec.stream}" for spec, info in infos if info.num_pending or info.num_ack_pending]

    async def _dead_letters(self) -> dict[str, int]:
        async with self._nats("provisioner") as client:
            js = client.jetstream()
            return {each: (await js.stream_info(dead_letters_of(each))).state.messages for each in SERVICES}

    @asynccontextmanager
    async def _nats(self, user: str) -> AsyncIterator[Client]:
        client = await nats.connect(
            self.stack["nats_url"],
            user=user,
            password=self.stack["nats_users"][user],
            inbox_prefix=inbox_prefix(user),
        )
        try:
            yield client
        finally:
            await client.close()
