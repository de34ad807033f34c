"""Every stream and every consumer, derived from the table of services.

`provision.py` applies it to NATS; `permissions.py` derives the rights of each NATS user.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.services import EXTERNAL_CONSUMERS, SERVICES, ExternalConsumer

MEGABYTE = 1024**2
MAX_MESSAGE_BYTES = MEGABYTE
"""The default `max_payload` of NATS."""


@dataclass(frozen=True)
class StreamSpec:
    """A stream. `max_age_days` 0 keeps messages forever; `work_queue` removes a message once it is acknowledged. A
    stream that has `max_bytes` accepts no more messages: they wait with their publisher."""

    name: str
    subjects: tuple[str, ...]
    description: str
    max_age_days: int = 30
    work_queue: bool = False
    max_bytes: int = 192 * MEGABYTE


@dataclass(frozen=True)
class ConsumerSpec:
    """A durable consumer: the subjects of one stream that a service, or an external consumer, receives. All replicas
    share it."""

    durable: str
    stream: str
    subjects: tuple[str, ...]


def stream_of(service: str) -> str:
    """The stream a service publishes its events to."""
    return service.upper()


def dead_letters_of(service: str) -> str:
    """The stream that keeps what a service could not handle, until an operator replays or discards it."""
    return f"DEAD_LETTERS_{service.upper()}"


def replays_of(service: str) -> str:
    """The stream by which a service sends events to one service alone: its own events to any, and its dead letters to
    itself. An event is removed once handled."""
    return f"REPLAYS_{service.upper()}"


def replay_subject(publisher: str, target: str, subject: str) -> str:
    """Where `publisher` replays an event to `target`."""
    return f"replay.{publisher}.{target}.{subject}"


SUBSCRIPTIONS = {name: spec.subscriptions for name, spec in SERVICES.items()}

STREAMS: tuple[StreamSpec, ...] = (
    *(StreamSpec(stream_of(s), (f"{s}.>",), f"Events of {s}.", max_bytes=512 * MEGABYTE) for s in SERVICES),
    *(
        StreamSpec(dead_letters_of(s), (f"dead_letters.{s}.>",), f"Events that {s} could not handle.", max_age_days=0)
        for s in SERVICES
    ),
    *(
        StreamSpec(replays_of(s), (f"replay.{s}.>",), f"Events that {s} replays to one service.", work_queue=True)
        for s in SERVICES
    ),
)


def consumers_of(service: str) -> tuple[ConsumerSpec, ...]:
    """A consumer for each stream that the service subscribes to, one for what each of their publishers replays to it,
    and one for the dead letters that it replays itself."""
    events = SUBSCRIPTIONS[service]
    replaying = dict.fromkeys((*(event.service() for event in events), service))
    return (
        *_by_stream(service, [f"{event.versioned_type()}.>" for event in events]),
        *(ConsumerSpec(service, replays_of(each), (replay_subject(each, service, ">"),)) for each in replaying),
    )


def external_consumers_of(external: ExternalConsumer) -> tuple[ConsumerSpec, ...]:
    """A consumer for each stream that the program reads."""
    return _by_stream(external.name, external.subjects)


def consumers(external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS) -> tuple[ConsumerSpec, ...]:
    """All of them."""
    return (
        *(consumer for service in SERVICES for consumer in consumers_of(service)),
        *(consumer for each in external for consumer in external_consumers_of(each)),
    )


def _by_stream(durable: str, subjects: Iterable[str]) -> tuple[ConsumerSpec, ...]:
    streams: dict[str, list[str]] = {}
    for subject in subjects:
        streams.setdefault(stream_of(subject.partition(".")[0]), []).append(subject)
    return tuple(ConsumerSpec(durable, stream, tuple(filters)) for stream, filters in streams.items())


CONSUMERS = consumers()
