"""Takes messages from one durable consumer, has them handled, and settles each: done, later, or dead letter.

Messages of one aggregate are handled one after another in the order they came; those of others go on meanwhile. A
message waits for its next attempt inside JetStream, so it holds up nobody.
"""

import asyncio
import time
from collections.abc import Sequence
from uuid import UUID

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Gauge, Histogram

from common import clock
from common.causation import Causation, causation_scope
from common.errors import Unavailable
from common.events import Envelope
from common.messaging import wire
from common.messaging.attempts import DeliveryAttempts
from common.messaging.broker import Broker
from common.messaging.dead_letter import DeadLetters
from common.messaging.provision import ACK_WAIT_SECONDS
from common.messaging.pull_subscription import PullSubscription
from common.messaging.results import Ack, HandlerResult, Reject, Retry
from common.messaging.router import Router
from common.messaging.topology import ConsumerSpec
from common.mongo import cancellation_requested, is_outage
from common.telemetry import span

log = structlog.get_logger("consumer")

LOOK_SECONDS = 1.0
OUTAGE_DELAY_SECONDS = 1.0

handled_total = Counter("helpdesk_events_handled_total", "Deliveries settled.", ["stream", "type", "verdict"])
age_seconds = Histogram(
    "helpdesk_event_age_seconds",
    "From when it happened to when its effect was saved.",
    ["stream"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
pending_gauge = Gauge("helpdesk_consumer_pending", "Messages in the stream that were not delivered yet.", ["stream"])
unacknowledged_gauge = Gauge("helpdesk_consumer_unacknowledged", "Delivered and not settled yet.", ["stream"])


class Consumer:
    """One replica's share of one durable consumer."""

    def __init__(
        self,
        broker: Broker,
        spec: ConsumerSpec,
        router: Router,
        attempts: DeliveryAttempts,
        dead_letters: DeadLetters,
        *,
        retry_delays: Sequence[float],
        concurrency: int,
    ) -> None:
        self.name = f"consumer of {spec.stream}"
        self._broker = broker
        self._spec = spec
        self._router = router
        self._attempts = attempts
        self._dead_letters = dead_letters
        self._retry_delays = retry_delays
        self._concurrency = concurrency
        self._in_flight: dict[asyncio.Task[None], Msg] = {}
        self._last_of: dict[UUID, asyncio.Task[None]] = {}
        self._measured_at = 0.0
        self.problem: str | None = "not started"

    async def run(self) -> None:
        """Until cancelled; then lets what is in hand finish for a moment, and leaves the rest to other replicas."""
        heartbeat = asyncio.create_task(self._send_heartbeats(), name=f"{self.name}: heartbeat")
        try:
            while not cancellation_requested():
                try:
                    await self._consume()
                except (Unavailable, NatsError, JetStreamError, OSError) as error:
                    self.problem = f"{self.name}: {type(error).__name__} {error}"
                    log.warning("consumer waits", consumer=self.name, reason=str(error))
                    await asyncio.sleep(0.5)
        finally:
            heartbeat.cancel()
            if self._in_flight:
                await asyncio.wait(self._in_flight, timeout=5)

    async def _consume(self) -> None:
        jetstream = self._broker.jetstream
        try:
            await jetstream.consumer_info(self._spec.stream, self._spec.durable)
        except NotFoundError:
            raise Unavailable(f"{self._spec.stream} has no consumer {self._spec.durable} yet") from None
        async with PullSubscription(self._broker.client, self._spec.stream, self._spec.durable, self._dispatch) as pull:
            self.problem = None
            while not cancellation_requested():
                if pull.needs_request:
                    await pull.request(await self._capacity())
                await pull.wait(LOOK_SECONDS)
                await self._measure()
                if problem := self._broker.problem or pull.problem:
                    raise Unavailable(problem)

    async def _capacity(self) -> int:
        """How many more may be taken in hand; waits until it is worth asking for them."""
        while (room := self._concurrency - len(self._in_flight)) < max(1, self._concurrency // 4):
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
        return room

    def _dispatch(self, message: Msg) -> None:
        try:
            envelope = wire.decode(message.headers or {}, message.data)
        except ValueError as error:
            task = asyncio.create_task(self._dead_letter(message, None, str(error), attempts=1))
        else:
            before = self._last_of.get(envelope.aggregate_id)
            task = asyncio.create_task(self._handle(message, envelope, before))
            self._last_of[envelope.aggregate_id] = task
            task.add_done_callback(lambda done: self._forget_order(envelope.aggregate_id, done))
        self._in_flight[task] = message
        task.add_done_callback(self._on_done)

    def _forget_order(self, aggregate_id: UUID, task: asyncio.Task[None]) -> None:
        if self._last_of.get(aggregate_id) is task:
            del self._last_of[aggregate_id]

    def _on_done(self, task: asyncio.Task[None]) -> None:
        del self._in_flight[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            # Not acknowledged, so it comes again after the consumer's ack_wait.
            log.warning("delivery not settled", consumer=self.name, reason=str(error))

    async def _handle(self, message: Msg, envelope: Envelope, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        with (
            span(
                f"handle {envelope.type}",
                kind=SpanKind.CONSUMER,
                traceparent=envelope.traceparent,
                **{"messaging.system": "nats", "messaging.message.id": str(envelope.id)},
            ),
            causation_scope(Causation(id=str(envelope.id))),
            structlog.contextvars.bound_contextvars(event_id=str(envelope.id), event_type=envelope.versioned_type),
        ):
            try:
                verdict: HandlerResult = await self._router.route(envelope)
            except Exception as error:
                if isinstance(error, Unavailable) or is_outage(error):
                    log.warning("database away, event waits", reason=str(error))
                    self._count(envelope, "outage")
                    await message.nak(delay=OUTAGE_DELAY_SECONDS)
                    return
                log.exception("handler failed", handler=self._router.handler_name(envelope))
                verdict = Retry(f"{type(error).__name__}: {error}")
            await self._settle(message, envelope, verdict)

    async def _settle(self, message: Msg, envelope: Envelope, verdict: HandlerResult) -> None:
        match verdict:
            case Ack():
                await message.ack()
                self._count(envelope, "done")
                age_seconds.labels(self._spec.stream).observe((clock.now() - envelope.time).total_seconds())
                log.info("event handled", handler=self._router.handler_name(envelope))
            case Retry(reason):
                failures = await self._attempts.failed(envelope.id, reason)
                if failures > len(self._retry_delays):
                    await self._dead_letter(message, envelope, reason, attempts=failures)
                    return
                await message.nak(delay=self._retry_delays[failures - 1])
                self._count(envelope, "retry")
                log.warning("event will be retried", reason=reason, failures=failures)
            case Reject(reason):
                failures = await self._attempts.failed(envelope.id, reason)
                await self._dead_letter(message, envelope, reason, attempts=failures)

    async def _dead_letter(self, message: Msg, envelope: Envelope | None, reason: str, *, attempts: int) -> None:
        await self._dead_letters.keep(
            subject=message.subject,
            headers=dict(message.headers or {}),
            body=message.data,
            delivery=f"{self._spec.stream}:{message.metadata.sequence.stream}",
            reason=reason,
            handler=self._router.handler_name(envelope) if envelope else "none",
            attempts=attempts,
        )
        if envelope is not None:
            await self._attempts.forget(envelope.id)
            self._count(envelope, "dead")
        await message.term()
        log.error("event became a dead letter", subject=message.subject, reason=reason)

    async def _send_heartbeats(self) -> None:
        """Tells JetStream that messages still being handled, or waiting for one of the same aggregate, are not lost."""
        while True:
            await asyncio.sleep(ACK_WAIT_SECONDS / 3)
            for message in list(self._in_flight.values()):
                try:
                    await message.in_progress()
                except (NatsError, OSError):
                    break

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at < 5:
            return
        self._measured_at = time.monotonic()
        info = await self._broker.jetstream.consumer_info(self._spec.stream, self._spec.durable)
        pending_gauge.labels(self._spec.stream).set(info.num_pending or 0)
        unacknowledged_gauge.labels(self._spec.stream).set(info.num_ack_pending or 0)

    def _count(self, envelope: Envelope, verdict: str) -> None:
        handled_total.labels(self._spec.stream, envelope.type, verdict).inc()
