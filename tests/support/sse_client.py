"""Server-sent events over real connections: a server for an application, and clients that resume as a browser does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import uvicorn
from fastapi import FastAPI
from pymongo.read_concern import ReadConcern

from common.events import Envelope
from common.events.tickets import TicketStatusChanged
from common.ids import new_id
from common.messaging.publisher import JetStreamPublisher
from stack.ports import free_port
from tests.support.eventually import eventually
from tests.support.inboxes import Inboxes
from tests.support.messaging import envelope_of
from tests.support.people import Person, make_organisation, make_person
from tests.support.services import RunningService

PATH = "/api/v1/notifications/stream"


@asynccontextmanager
async def served(app: FastAPI) -> AsyncIterator[str]:
    """The base URL of an HTTP server for this application."""
    port = free_port()
    config = uvicorn.Config(app, host="127.0.0.1", port=port, http="httptools", lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())

    async def up() -> None:
        assert server.started

    await eventually(up)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = server.force_exit = True
        await serving


@asynccontextmanager
async def many_connections() -> AsyncIterator[httpx.AsyncClient]:
    """A client without a limit of connections and with a long read timeout."""
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(limits=limits, timeout=httpx.Timeout(10, read=60)) as client:
        yield client


@dataclass
class Listener:
    """One event source. `seen` is the received notifications; `last_event_id` is sent on reconnection; `heartbeats`
    counts comments; `ended` is the reason of the server's end event."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    last_event_id: str | None = None
    seen: list[dict[str, Any]] = field(default_factory=list)
    heartbeats: int = 0
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    ended: str | None = None

    @property
    def positions(self) -> list[int]:
        return [each["position"] for each in self.seen]

    async def listen(self, url: str) -> httpx.Response:
        """Returns when the server or the connection ends the stream."""
        resume = {"Last-Event-ID": self.last_event_id} if self.last_event_id is not None else {}
        async with self.http.stream("GET", f"{url}{PATH}", headers={**self.headers, **resume}) as answer:
            if answer.status_code != 200:
                await answer.aread()
                return answer
            block: dict[str, str] = {}
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(":")
                    block[name] = value.removeprefix(" ")
                else:
                    self._take(block)
                    block = {}
            return answer

    def _take(self, block: dict[str, str]) -> None:
        self.last_event_id = block.get("id", self.last_event_id)
        if "retry" in block:
            self.connected.set()
        elif "" in block:
            self.heartbeats += 1
        elif block["event"] == "end":
            self.ended = json.loads(block["data"])["reason"]
        else:
            assert block["event"] == "notification"
            self.seen.append(json.loads(block["data"]))
            assert block["id"] == str(self.seen[-1]["position"])

    @asynccontextmanager
    async def listening(self, url: str) -> AsyncIterator[asyncio.Task[httpx.Response]]:
        self.connected.clear()
        task = asyncio.create_task(self.listen(url))
        await asyncio.wait([task, waiting := asyncio.create_task(self.connected.wait())], return_when="FIRST_COMPLETED")
        waiting.cancel()
        try:
            yield task
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError, httpx.TransportError):
                await task


@dataclass(frozen=True)
class Streams:
    """Two replicas of notifications, each behind an HTTP server of its own."""

    inboxes: Inboxes
    replicas: tuple[RunningService, RunningService]
    urls: tuple[str, str]
    http: httpx.AsyncClient

    def listener(self, person: Person, last_event_id: int | None = None) -> Listener:
        return Listener(self.http, person.headers, None if last_event_id is None else str(last_event_id))

    async def tell(self, *people: Person) -> None:
        """Publishes an event that notifies each of them."""
        async with self.inboxes.installation.connected("tickets") as broker:
            publisher = JetStreamPublisher(broker)
            await asyncio.gather(*(publisher.publish(_status_changed(person)) for person in people))

    @asynccontextmanager
    async def another(self, **settings: Any) -> AsyncIterator[tuple[RunningService, str]]:
        """A third replica, with its base URL."""
        try:
            async with self.inboxes.installation.run("notifications", rate_limits=False, **settings) as third:
                await eventually(third.is_ready)
                async with served(third.app) as url:
                    yield third, url
        finally:
            # Beanie binds documents to the client that was prepared last, and that one is closed now.
            await self.inboxes.notifications.service.prepare()

    async def some_people(self, count: int) -> list[Person]:
        """Customers of a new organisation, each with a welcome notification."""
        slug = f"streams-{uuid4()}"
        await make_organisation(slug)
        auth = self.inboxes.auth
        people = [await make_person(auth, "customer", f"Customer {number}", slug) for number in range(count)]

        async def welcomed() -> None:
            for person in people:
                assert await self.count(person) == 1

        await eventually(welcomed)
        return people

    async def somebody(self) -> Person:
        return (await self.some_people(1))[0]

    async def count(self, person: Person) -> int:
        """The number of a person's notifications with a position, majority-committed: what a stream sends."""
        mine = {"recipient_id": person.id, "position": {"$gt": 0}}
        notifications = self.inboxes.notifications.db["notifications"]
        return await notifications.with_options(read_concern=ReadConcern("majority")).count_documents(mine)


def _status_changed(person: Person) -> Envelope:
    ticket = {"id": new_id(), "number": 1, "title": f"Printer of {person.name}", "status": "open", "priority": "normal"}
    event = {
        "ticket": {**ticket, "requester": {"id": person.id, "name": person.name}},
        "before": "new",
        "after": "open",
    }
    return envelope_of(TicketStatusChanged.model_validate(event), organisation_id=person.organisation_id)
