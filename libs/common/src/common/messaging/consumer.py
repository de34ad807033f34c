"""One replica's share of a durable consumer: takes messages, sends each through the pipeline and acknowledges it.

A message whose event became a dead letter or was parked is acknowledged too: it is stored elsewhere by then. In an
outage the message goes back to JetStream for a moment, as often as it takes.
"""

import asyncio
import time

import structlog
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js.errors import NotFoundError
from prometheus_client import Gauge

from common.error_descriptions import describe
from common.errors import Unavailable
from common.messaging.broker import Broker
from common.messaging.dead_letter import DeadLetters
from common.messaging.delivery import UNKNOWN_TYPE, Delivery, Handle, RawMessage, handled_total
from common.messaging.heartbeat import send_heartbeats
from common.messaging.origin import require_origin
from common.messaging.pull_subscription import PullSubscription
from common.messaging.results import Reject
from common.messaging.topology import ConsumerSpec
from common.mongo import cancellation_requested, is_outage

log = structlog.get_logger("consumer")

LOOK_SECONDS = 1.0
OUTAGE_DELAY_SECONDS = 1.0

pending_gauge = Gauge("helpdesk_consumer_pending", "Messages in the stream that were not delivered yet.", ["stream"])
unacknowledged_gauge = Gauge("helpdesk_consumer_unacknowledged", "Delivered and not settled yet.", ["stream"])


class Consumer:
    """`deliver` is the pipeline of the service."""

    def __init__(
        self, broker: Broker, spec: ConsumerSpec, deliver: Handle, dead_letters: DeadLetters, *, concurrency: int
    ) -> None:
        self.name = f"consumer of {spec.stream}"
        self._broker = broker
        self._spec = spec
        self._deliver = deliver
        self._dead_letters = dead_letters
        self._concurrency = concurrency
        self._in_flight: dict[asyncio.Task[None], Msg] = {}
        self._measured_at = 0.0
        self.problem: str | None = "not started"

    async def run(self) -> None:
        """Until cancelled; then messages in flight have a moment to finish, and the rest goes to other replicas."""
        heartbeat = asyncio.create_task(send_heartbeats(self._in_flight.values()), name=f"{self.name}: heartbeat")
        try:
            while not cancellation_requested():
                try:
                    await self._consume()
                except (Unavailable, NatsError, OSError) as error:
                    self.problem = f"{self.name}: {type(error).__name__} {error}"
                    log.warning("consumer waits", consumer=self.name, reason=describe(error))
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
        async with PullSubscription(self._broker, self._spec.stream, self._spec.durable, self._dispatch) as pull:
            self.problem = None
            while not cancellation_requested():
                if pull.needs_request:
                    await pull.request(await self._capacity())
                await pull.wait(LOOK_SECONDS)
                await self._measure()
                if problem := self._broker.problem or pull.problem:
                    raise Unavailable(problem)

    async def _capacity(self) -> int:
        """How many more messages may be in flight; waits until it is worth asking for them."""
        while (room := self._concurrency - len(self._in_flight)) < max(1, self._concurrency // 4):
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
        return room

    def _dispatch(self, message: Msg) -> None:
        # Tasks start in the order they are created, so events of one aggregate ask for their turn in that order.
        task = asyncio.create_task(self._settle(message))
        self._in_flight[task] = message
        task.add_done_callback(self._on_done)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        del self._in_flight[task]
        if not task.cancelled() and (error := task.exception()) is not None:
            # Not acknowledged, so it comes again after the consumer's ack_wait.
            log.warning("delivery not settled", consumer=self.name, reason=describe(error))

    async def _settle(self, message: Msg) -> None:
        raw = RawMessage.of(self._spec.stream, message)
        try:
            delivery = Delivery.of(raw)
            require_origin(raw, delivery.envelope, self._spec.durable)
        except ValueError as error:
            reason = describe(error)
            await self._dead_letters.store(raw, Reject(reason), attempts=1)
            await message.ack()
            handled_total.labels(raw.stream, UNKNOWN_TYPE, "dead").inc()
            log.error("message became a dead letter", subject=raw.subject, reason=reason)
            return
        try:
            await self._deliver(delivery)
        except Exception as error:
            if not (isinstance(error, Unavailable) or is_outage(error)):
                raise
            log.warning("outage, event waits", event_id=str(delivery.envelope.id), reason=describe(error))
            delivery.count("outage")
            await message.nak(delay=OUTAGE_DELAY_SECONDS)
        else:
            await message.ack()

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at < 5:
            return
        self._measured_at = time.monotonic()
        info = await self._broker.jetstream.consumer_info(self._spec.stream, self._spec.durable)
        pending_gauge.labels(self._spec.stream).set(info.num_pending or 0)
        unacknowledged_gauge.labels(self._spec.stream).set(info.num_ack_pending or 0)
