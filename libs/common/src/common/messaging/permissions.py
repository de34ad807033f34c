"""What each NATS user may do: publish its own subjects, read what the table of services gives it, and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.messaging.topology import (
    REPLAYS,
    ConsumerSpec,
    consumers_of,
    dead_letters_of,
    external_consumers_of,
    stream_of,
)
from common.services import EXTERNAL_CONSUMERS, SERVICES, ExternalConsumer

PROVISIONER = "provisioner"
BACKUP = "backup"


@dataclass(frozen=True)
class Permissions:
    """Allow lists of subjects, as NATS writes them."""

    publish: list[str]
    subscribe: list[str]


def relay_trigger_subject(service: str) -> str:
    """Where the processes of a service tell each other that there is something to publish (trigger.py)."""
    return f"relay_trigger.{service}"


def service_of(user: str) -> str:
    """A dash and what follows it in a user's name tell several installations on one NATS server apart."""
    return user.partition("-")[0]


def inbox_prefix(user: str) -> str:
    """Where replies to this user's requests arrive, so that no user can receive another's."""
    return f"_INBOX_{service_of(user)}"


def nats_users(external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS) -> tuple[str, ...]:
    """The name of every NATS user."""
    return (*SERVICES, *(each.name for each in external), PROVISIONER, BACKUP)


def permissions_for(user: str, external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS) -> Permissions:
    """Of a service; of an external consumer, which only consumes; of the provisioner, which creates streams and
    consumers but publishes no event; or of backup, which reads and restores what exists in streams alone.

    Raises ValueError for an unknown user.
    """
    replies = f"{inbox_prefix(user)}.>"
    if user == PROVISIONER:
        return Permissions(publish=["$JS.API.>"], subscribe=[replies])
    if user == BACKUP:
        return Permissions(publish=_of_backup(), subscribe=[replies])
    for each in external:
        if each.name == user:
            return Permissions(publish=_consumer_api(external_consumers_of(each)), subscribe=[replies])
    if user not in SERVICES:
        raise ValueError(f"no such user: {user}; there are {', '.join(nats_users(external))}")
    publish = [
        f"{user}.>",
        relay_trigger_subject(user),
        *SERVICES[user].broadcasts,
        f"dead_letters.{user}.>",
        f"replay.*.{user}.>",  # its own events, to any service that needs them again
        f"replay.{user}.>",  # its own dead letters
        f"$JS.API.STREAM.INFO.{stream_of(user)}",
        f"$JS.API.STREAM.INFO.{dead_letters_of(user)}",
        f"$JS.API.STREAM.MSG.GET.{dead_letters_of(user)}",
        f"$JS.API.STREAM.MSG.DELETE.{dead_letters_of(user)}",
        *_consumer_api(consumers_of(user)),
    ]
    return Permissions(publish, subscribe=[replies, relay_trigger_subject(user), *SERVICES[user].broadcasts])


def _consumer_api(consumers: Iterable[ConsumerSpec]) -> list[str]:
    return [
        subject
        for each in consumers
        for subject in (
            f"$JS.API.CONSUMER.MSG.NEXT.{each.stream}.{each.durable}",
            f"$JS.API.CONSUMER.INFO.{each.stream}.{each.durable}",
            f"$JS.ACK.{each.stream}.{each.durable}.>",
        )
    ]


def _of_backup() -> list[str]:
    only_copies = (REPLAYS, *(dead_letters_of(service) for service in SERVICES))
    return [
        "dead_letters.>",
        "replay.>",
        "$JS.API.STREAM.INFO.*",
        "$JS.API.CONSUMER.INFO.*.*",
        *(f"$JS.API.STREAM.MSG.GET.{stream}" for stream in only_copies),
        # To find the time of the oldest event that a consumer has not acknowledged.
        *(f"$JS.API.STREAM.MSG.GET.{stream_of(service)}" for service in SERVICES),
    ]
