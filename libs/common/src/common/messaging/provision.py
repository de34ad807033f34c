"""Applies topology.py to NATS: creates what is missing, updates what differs, leaves the rest alone.

A job runs it with the provisioner's credentials, before and independently of the services. Subscribing never creates a
consumer: nats-py ignores later changes to an existing durable.
"""

import asyncio
from collections.abc import Sequence

import structlog
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import NotFoundError, ServerError

from common.messaging.topology import CONSUMERS, MAX_MESSAGE_BYTES, STREAMS, ConsumerSpec, StreamSpec

log = structlog.get_logger("provision")

DAY = 24 * 3600
DUPLICATE_WINDOW_SECONDS = 600
ACK_WAIT_SECONDS = 6
"""How long a killed replica keeps a message from the others. Handlers that take longer send heartbeats."""
MAX_ACK_PENDING = 1000


def stream_config(spec: StreamSpec, replicas: int, size_factor: float = 1) -> StreamConfig:
    """A full stream refuses new messages and keeps the old ones, which a consumer may not have received yet."""
    return StreamConfig(
        name=spec.name,
        subjects=list(spec.subjects),
        description=spec.description,
        retention=RetentionPolicy.WORK_QUEUE if spec.work_queue else RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        max_age=spec.max_age_days * DAY,
        max_bytes=int(spec.max_bytes * size_factor),
        max_msg_size=int(MAX_MESSAGE_BYTES * size_factor),
        discard=DiscardPolicy.NEW,
        duplicate_window=DUPLICATE_WINDOW_SECONDS,
        num_replicas=replicas,
    )


def consumer_config(spec: ConsumerSpec) -> ConsumerConfig:
    """Redelivers without limit: messaging/consumer.py decides when an event becomes a dead letter."""
    return ConsumerConfig(
        durable_name=spec.durable,
        filter_subjects=list(spec.subjects),
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_SECONDS,
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
    )


async def provision(
    js: JetStreamContext,
    *,
    replicas: int = 1,
    size_factor: float = 1,
    streams: Sequence[StreamSpec] = STREAMS,
    consumers: Sequence[ConsumerSpec] = CONSUMERS,
) -> None:
    """Idempotent. `replicas` is the number of copies of each stream in a cluster: 1 or 3. `size_factor` multiplies the
    maximum size of each stream and of a message."""
    for stream in streams:
        config = stream_config(stream, replicas, size_factor)
        try:
            await js.stream_info(stream.name)
        except NotFoundError:
            await _add_stream(js, config)
            log.info("stream created", stream=stream.name)
        else:
            await js.update_stream(config)
    for consumer in consumers:
        # Creating a consumer that exists updates it (JetStream API, `action` empty: create or update).
        await js.add_consumer(consumer.stream, consumer_config(consumer))
    log.info("provisioned", streams=len(streams), consumers=len(consumers))


async def _add_stream(js: JetStreamContext, config: StreamConfig) -> None:
    """Asks again where the server fails (500): a busy one was seen to answer "error creating store for stream"."""
    for pause in (0.1, 0.5, 2.0):
        try:
            await js.add_stream(config)
        except ServerError as error:
            log.warning("stream not created yet", stream=config.name, reason=str(error))
            await asyncio.sleep(pause)
        else:
            return
    await js.add_stream(config)
