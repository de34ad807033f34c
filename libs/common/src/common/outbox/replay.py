"""Republishes a selection of logged events: to the stream, for all consumers, or to one service."""

from common.messaging import wire
from common.messaging.publisher import JetStreamPublisher
from common.messaging.topology import SUBSCRIPTIONS, replay_subject
from common.outbox.event_log import EventLog, EventSelection
from common.services import SERVICES


async def replay(log: EventLog, publisher: JetStreamPublisher, wanted: EventSelection, *, to: str) -> int:
    """Publishes a slice of the log in order; returns how many events. Effects are still made once.

    `to` is `stream`, or one service, which receives those events that it subscribes to.
    Raises ValueError for another name, Unavailable when NATS is away.
    """
    if to != "stream" and to not in SERVICES:
        raise ValueError(f"replay to 'stream' or to one of {', '.join(SERVICES)}, not to '{to}'")
    heard = {event.versioned_type() for event in SUBSCRIPTIONS.get(to, ())}
    count = 0
    async for envelope in log.read(wanted):
        if to == "stream":
            subject = envelope.subject
        elif envelope.versioned_type in heard:
            subject = replay_subject(envelope.service, to, envelope.subject)
        else:
            continue
        await publisher.send_again(subject, *wire.encode(envelope))
        count += 1
    return count
