"""How a service lives: starts in any order, waits for what it needs, says what is missing, and stops cleanly.

The same package runs as `api` (HTTP), as `worker` (relay, consumers, loops), or as `all` in one process.
"""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

import pymongo
import structlog
from beanie import Document
from fastapi import APIRouter
from pymongo import AsyncMongoClient, IndexModel
from pymongo.errors import PyMongoError

from common import inbox, lease, mongo, trust
from common.http import idempotency, rate_limits
from common.http.app import create_app
from common.http.dead_letters import dead_letter_router
from common.http.health import Probe
from common.http.identity import Identity
from common.http.parts import Parts
from common.http.rate_limits import RateLimits
from common.http.server import Server
from common.loops import Loop, cancelled, for_ever
from common.messaging import attempts
from common.messaging.attempts import Attempts
from common.messaging.broker import Broker
from common.messaging.consumer import Consumer
from common.messaging.dead_letter import DeadLetters
from common.messaging.overhearing import Ear, Overhearing
from common.messaging.publisher import JetStreamPublisher
from common.messaging.router import Router, Subscriptions
from common.messaging.topology import consumers_of
from common.outbox import Aggregate, Relay, event_log
from common.outbox.wake import PassOn, Wake
from common.settings import Settings
from common.telemetry import configure_logging, configure_tracing

log = structlog.get_logger("lifecycle")

PING_SECONDS = 1.0

Role = Literal["api", "worker", "all"]

HEAD_START_SECONDS = 5
"""How long a process that is to answer requests waits for what it needs, before it opens its port without."""

COLLECTED_AFTER = (50_000, 20, 50)
"""New objects after which Python looks for garbage in cycles; then how often it looks among older ones. By default it
does so after 700, which is less than one list of tickets makes, and took an eighth of the processor time."""

INDEXES: dict[str, list[IndexModel]] = {
    event_log.COLLECTION: event_log.INDEXES,
    inbox.COLLECTION: inbox.INDEXES,
    attempts.COLLECTION: attempts.INDEXES,
    idempotency.COLLECTION: idempotency.INDEXES,
    rate_limits.COLLECTION: rate_limits.INDEXES,
    lease.COLLECTION: [],
    **trust.INDEXES,
}
"""The collections every service has besides its own documents."""


async def _nothing() -> None:
    return


@dataclass(frozen=True)
class Service:
    """What a service is made of. Its app.py makes one; nothing here knows which."""

    name: str
    settings: Settings
    client: AsyncMongoClient[dict[str, Any]]
    db: mongo.Database
    documents: Sequence[type[Document]]
    identity: Identity
    routers: Sequence[APIRouter] = ()
    subscriptions: Subscriptions = field(default_factory=dict)
    api_loops: Sequence[Loop] = ()
    worker_loops: Sequence[Loop] = ()
    ears: Mapping[str, Ear] = field(default_factory=dict)
    """Subject of `topology.OVERHEARS` -> what each API process does at once when something is said there."""
    api_probes: Mapping[str, Probe] = field(default_factory=dict)
    indexes: Mapping[str, list[IndexModel]] = field(default_factory=dict)
    when_prepared: Callable[[], Awaitable[None]] = _nothing

    @property
    def aggregate_collections(self) -> list[str]:
        """Where the relay looks for events."""
        return [document.Settings.name for document in self.documents if issubclass(document, Aggregate)]

    async def prepare(self) -> None:
        """Collections, indexes, and what the service itself must have before its first request."""
        await mongo.prepare(self.db, self.documents, {**INDEXES, **self.indexes})
        await self.when_prepared()

    @asynccontextmanager
    async def opened(self) -> AsyncIterator["Service"]:
        """Prepared, for a command typed by an operator; closed afterwards."""
        try:
            await self.prepare()
            yield self
        finally:
            await self.client.close()


class Running:
    """One process of a service."""

    def __init__(self, service: Service, role: Role) -> None:
        self._service = service
        self._role = role
        self._starting_up: asyncio.Task[None]
        self._connecting: asyncio.Task[None]
        self._loops: list[asyncio.Task[None]] = []
        self._prepared = False
        self._broker = Broker.of(service.settings, name=service.name)
        self._wake = Wake(service.name, service.aggregate_collections, self._broker)
        self._consumers: list[Consumer] = []
        self._parts = parts = Parts(
            settings=service.settings,
            db=service.db,
            identity=service.identity,
            rate_limits=RateLimits(service.db, enforced=service.settings.rate_limits),
            dead_letters=DeadLetters(self._broker, service.name),
        )
        routers = (*service.routers, dead_letter_router(service.name)) if role != "worker" else ()
        self.app = create_app(service.name, routers, self._probes(), parts, starting=self._starting)

    async def run(self) -> None:
        """Until SIGTERM or SIGINT: then finishes requests, lets go of events, and returns."""
        stop = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop.set)
        settings = self._service.settings
        server = Server.of(self.app, settings)
        stopping = asyncio.create_task(stop.wait(), name="stop")
        log.info("starting", role=self._role, port=settings.http_port)
        self.begin()
        failed = asyncio.create_task(self._failure(), name="failure")
        can_answer = asyncio.create_task(self._can_answer(), name="head start")
        await asyncio.wait(
            [can_answer, stopping, failed], timeout=HEAD_START_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        await cancelled([can_answer])
        serving = asyncio.create_task(server.serve(), name="http")
        _collect_garbage_less_often()
        await asyncio.wait([serving, stopping, failed], return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
        self._parts.stopping.set()
        server.should_exit = True
        await serving
        await cancelled([stopping, failed])
        await self.end()
        log.info("stopped")

    def begin(self) -> None:
        """Starts everything but the HTTP server, in the background: what is needed may be away for long."""
        self._starting_up = asyncio.create_task(self._start(), name="start")
        self._connecting = asyncio.create_task(self._broker.connect(), name="connect")

    async def _can_answer(self) -> None:
        """Returns once a request would not be answered that the service is starting. While the port is closed, whoever
        sends requests (NGINX) tries another replica; an answer it would pass on."""
        if self._role == "worker":
            return
        probes = self._service.api_probes.values()
        while not self._prepared or any([await probe() for probe in probes]):  # noqa: ASYNC110 - a probe is asked
            await asyncio.sleep(0.05)

    async def _failure(self) -> None:
        """Returns only when the start failed for good, which no waiting would mend; `run` raises its error."""
        begun = [self._starting_up, self._connecting]
        await asyncio.wait(begun, return_when=asyncio.FIRST_EXCEPTION)
        if not any(each.done() and each.exception() for each in begun):
            await asyncio.Event().wait()

    async def end(self) -> None:
        """Lets go of events and connections."""
        self._parts.stopping.set()
        await cancelled([*self._loops, self._connecting])
        await self._broker.close()
        await self._service.client.close()
        for begun in (self._starting_up, self._connecting):
            if begun.done() and not begun.cancelled():
                begun.result()
        await cancelled([self._starting_up])

    async def _start(self) -> None:
        while not self._prepared:
            try:
                await self._service.prepare()
                self._prepared = True
            except PyMongoError as error:
                log.warning("waiting for the database", reason=str(error))
                await asyncio.sleep(0.5)
        if self._role != "worker":
            self._run(*self._service.api_loops)
            self._run(*(Overhearing(self._broker, subject, ear) for subject, ear in self._service.ears.items()))
        if self._role == "api":
            self._run(PassOn(self._wake))
        else:
            self._run(*self._service.worker_loops, *self._messaging())

    def _messaging(self) -> list[Loop]:
        service, settings = self._service, self._service.settings
        router = Router(service.name, service.subscriptions)
        self._consumers = [
            Consumer(
                self._broker,
                spec,
                router,
                Attempts(service.db),
                DeadLetters(self._broker, service.name),
                retry_delays=settings.retry_delays,
                concurrency=settings.consumer_concurrency,
            )
            for spec in consumers_of(service.name)
        ]
        relay = Relay(
            service.db,
            service.aggregate_collections,
            JetStreamPublisher(self._broker),
            self._wake,
            lease_seconds=settings.lease_seconds,
        )
        return [relay, *self._consumers]

    def _run(self, *loops: Loop) -> None:
        self._loops += [asyncio.create_task(for_ever(loop), name=loop.name) for loop in loops]

    def _starting(self) -> str | None:
        return None if self._prepared else "The service is starting: its database can not be reached yet."

    def _probes(self) -> dict[str, Probe]:
        probes: dict[str, Probe] = {"database": self._database_problem}
        if self._role != "worker":
            probes.update(self._service.api_probes)
        if self._role != "api":
            probes["nats"] = self._broker_problem
            probes["consumers"] = self._consumer_problem
        return probes

    async def _database_problem(self) -> str | None:
        if not self._prepared:
            return "the database was not reachable since the start"
        try:
            with pymongo.timeout(PING_SECONDS):
                await self._service.db.command("ping")
        except PyMongoError as error:
            return f"MongoDB is away: {type(error).__name__}"
        return None

    async def _broker_problem(self) -> str | None:
        return self._broker.problem

    async def _consumer_problem(self) -> str | None:
        if not self._prepared:
            return "not started"
        return "; ".join(consumer.problem for consumer in self._consumers if consumer.problem) or None


def _collect_garbage_less_often() -> None:
    """What exists by now will be there to the end, and need not be looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED_AFTER)


async def serve(service: Service, role: Role) -> None:
    """Runs one process of a service until it is told to stop."""
    configure_logging(service.name, service.settings.log_level)
    tracing = configure_tracing(service.name)
    try:
        await Running(service, role).run()
    finally:
        tracing.shutdown()
