"""Runs one process of a service: starts in any order, waits for its dependencies, reports what is missing, drains.

The same package runs as `api` (HTTP), as `worker` (relay, consumers, loops), or as `all` in one process.
"""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Literal

import pymongo
import structlog
from beanie import Document
from fastapi import APIRouter
from pymongo import IndexModel
from pymongo.errors import PyMongoError

from common import idempotent_consumer, lease, mongo, rate_limits, token_trust
from common.http import idempotency
from common.http.app import create_app
from common.http.dead_letters import dead_letter_router
from common.http.health import Probe
from common.http.server import Server
from common.http.state import AppState
from common.loops import Loop, cancel_and_wait, run_forever
from common.messaging import parked_events
from common.messaging.broadcaster import Broadcaster
from common.messaging.broker import Broker
from common.messaging.consumer import Consumer
from common.messaging.core_subscription import CoreSubscription, Listener
from common.messaging.dead_letter import DeadLetters
from common.messaging.parked_events import ParkedEvents
from common.messaging.parked_retries import ParkedEventRetries
from common.messaging.pipeline import build_pipeline
from common.messaging.publisher import JetStreamPublisher
from common.messaging.router import Router, Subscriptions
from common.messaging.topology import consumers_of
from common.outbox import Aggregate, Relay, event_log, standalone
from common.outbox.trigger import RelayTrigger
from common.principal import Identity
from common.rate_limits import RateLimiter
from common.settings import Settings
from common.telemetry import configure_logging, configure_tracing

log = structlog.get_logger("lifecycle")

PING_SECONDS = 1.0

Role = Literal["api", "worker", "all"]

STARTUP_WAIT_SECONDS = 5
"""How long a process with HTTP waits for its dependencies before it opens its port without them."""

GC_THRESHOLDS = (50_000, 20, 50)
"""`gc.set_threshold`: Python's default of 700 new objects is less than one list of tickets allocates, and cost an
eighth of the processor time."""

INDEXES: dict[str, list[IndexModel]] = {
    event_log.COLLECTION: event_log.INDEXES,
    standalone.COLLECTION: standalone.INDEXES,
    idempotent_consumer.COLLECTION: idempotent_consumer.INDEXES,
    parked_events.COLLECTION: parked_events.INDEXES,
    idempotency.COLLECTION: idempotency.INDEXES,
    rate_limits.COLLECTION: rate_limits.INDEXES,
    lease.COLLECTION: [],
    **token_trust.INDEXES,
}
"""The collections of every service, besides its own documents."""


async def _noop() -> None:
    return


@dataclass(frozen=True)
class Service:
    """The parts of a service, wired by its app.py."""

    name: str
    settings: Settings
    db: mongo.Database
    documents: Sequence[type[Document]]
    identity: Identity
    routers: Sequence[APIRouter] = ()
    subscriptions: Subscriptions = field(default_factory=dict)
    api_loops: Sequence[Loop] = ()
    worker_loops: Sequence[Loop] = ()
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    """Subject of the service's `broadcasts` (services.py) -> called with each message that an API process receives."""
    broadcaster: Broadcaster = field(default_factory=Broadcaster)
    api_probes: Mapping[str, Probe] = field(default_factory=dict)
    indexes: Mapping[str, list[IndexModel]] = field(default_factory=dict)
    on_prepared: Callable[[], Awaitable[None]] = _noop

    @property
    def aggregate_collections(self) -> list[str]:
        """The collections the relay reads."""
        aggregates = [document.Settings.name for document in self.documents if issubclass(document, Aggregate)]
        return [*aggregates, standalone.COLLECTION]

    async def prepare(self) -> None:
        """Creates collections, indexes and whatever the service must have before its first request."""
        await mongo.prepare(self.db, self.documents, {**INDEXES, **self.indexes})
        await self.on_prepared()

    @asynccontextmanager
    async def prepared(self) -> AsyncIterator["Service"]:
        """For a command of an operator: prepares the service, and closes it afterwards."""
        try:
            await self.prepare()
            yield self
        finally:
            await self.db.client.close()


class ServiceRunner:
    """One process of a service."""

    def __init__(self, service: Service, role: Role) -> None:
        self._service = service
        self._role = role
        self._starting_up: asyncio.Task[None]
        self._connecting: asyncio.Task[None]
        self._loops: list[asyncio.Task[None]] = []
        self._prepared = False
        self._broker = Broker.of(service.settings, name=service.name)
        service.broadcaster.attach(self._broker)
        self._trigger = RelayTrigger(service.name, service.aggregate_collections, self._broker)
        self._consumers: list[Consumer] = []
        self._state = state = AppState(
            settings=service.settings,
            db=service.db,
            identity=service.identity,
            rate_limiter=RateLimiter(service.db, enforced=service.settings.rate_limits),
            dead_letters=DeadLetters(self._broker, service.name),
        )
        routers = (*service.routers, dead_letter_router(service.name)) if role != "worker" else ()
        self.app = create_app(service.name, routers, self._probes(), state, starting=self._starting)

    async def run(self) -> None:
        """Until SIGTERM or SIGINT: then finishes requests, returns unhandled events to JetStream, and returns."""
        stop_requested = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stop_requested.set)
        settings = self._service.settings
        server = Server.of(self.app, settings)
        stopping = asyncio.create_task(stop_requested.wait(), name="stop")
        log.info("starting", role=self._role, port=settings.http_port)
        self.start()
        failed = asyncio.create_task(self._failure(), name="failure")
        can_serve = asyncio.create_task(self._can_serve(), name="startup wait")
        await asyncio.wait(
            [can_serve, stopping, failed], timeout=STARTUP_WAIT_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        await cancel_and_wait([can_serve])
        serving = asyncio.create_task(server.serve(), name="http")
        _tune_garbage_collection()
        await asyncio.wait([serving, stopping, failed], return_when=asyncio.FIRST_COMPLETED)
        log.info("stopping")
        self._state.stopping.set()
        server.should_exit = True
        await serving
        await cancel_and_wait([stopping, failed])
        await self.stop()
        log.info("stopped")

    def start(self) -> None:
        """Starts everything but the HTTP server, in the background: a dependency may be down for long."""
        self._starting_up = asyncio.create_task(self._start(), name="start")
        self._connecting = asyncio.create_task(self._broker.connect(), name="connect")

    async def _can_serve(self) -> None:
        """Returns once requests would no longer be answered 503. While the port is closed, NGINX tries another replica;
        a 503 it would pass on to the client."""
        if self._role == "worker":
            return
        probes = self._service.api_probes.values()
        while not self._prepared or any([await probe() for probe in probes]):  # noqa: ASYNC110 - probes are polled
            await asyncio.sleep(0.05)

    async def _failure(self) -> None:
        """Returns only when the start failed permanently; `run` raises its error."""
        started = [self._starting_up, self._connecting]
        await asyncio.wait(started, return_when=asyncio.FIRST_EXCEPTION)
        if not any(each.done() and each.exception() for each in started):
            await asyncio.Event().wait()

    async def stop(self) -> None:
        """Returns unhandled events to JetStream and closes connections."""
        self._state.stopping.set()
        await cancel_and_wait([*self._loops, self._connecting])
        await self._broker.close()
        await self._service.db.client.close()
        for started in (self._starting_up, self._connecting):
            if started.done() and not started.cancelled():
                started.result()
        await cancel_and_wait([self._starting_up])

    async def _start(self) -> None:
        while not self._prepared:
            try:
                await self._service.prepare()
                self._prepared = True
            except PyMongoError as error:
                log.warning("waiting for the database", reason=str(error))
                await asyncio.sleep(0.5)
        if self._role != "worker":
            listeners = self._service.listeners.items()
            subscriptions = [CoreSubscription(self._broker, subject, listener) for subject, listener in listeners]
            self._run(*self._service.api_loops, *subscriptions)
        if self._role == "api":
            self._run(self._trigger)
        else:
            self._run(*self._service.worker_loops, *self._messaging())

    def _messaging(self) -> list[Loop]:
        service, settings = self._service, self._service.settings
        dead_letters, parked = DeadLetters(self._broker, service.name), ParkedEvents(service.db)
        router = Router(service.name, service.subscriptions)
        pipeline = build_pipeline(router, parked, dead_letters, settings.retry_delays)
        self._consumers = [
            Consumer(self._broker, spec, pipeline.deliver, dead_letters, concurrency=settings.consumer_concurrency)
            for spec in consumers_of(service.name)
        ]
        lease_seconds = settings.lease_seconds
        retries = ParkedEventRetries(parked, pipeline.retry, lease.Lease(service.db, "parked events", lease_seconds))
        publish = JetStreamPublisher(self._broker).publish
        relay = Relay(service.db, service.aggregate_collections, publish, self._trigger, lease_seconds=lease_seconds)
        return [relay, retries, *self._consumers]

    def _run(self, *loops: Loop) -> None:
        self._loops += [asyncio.create_task(run_forever(loop), name=loop.name) for loop in loops]

    def _starting(self) -> str | None:
        return None if self._prepared else "The service is starting: its database cannot be reached yet."

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


def _tune_garbage_collection() -> None:
    """Objects of the start live to the end: they are frozen, and never scanned again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


async def serve(service: Service, role: Role) -> None:
    """Configures logging and tracing and runs one process of the service until SIGTERM or SIGINT."""
    configure_logging(service.name, service.settings.log_level)
    tracing = configure_tracing(service.name)
    try:
        await ServiceRunner(service, role).run()
    finally:
        tracing.shutdown()
