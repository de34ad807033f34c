"""What each service's NATS user may do: say what is its own, hear what topology.py gives it, and nothing else."""

from dataclasses import dataclass

from common.messaging.topology import BROADCASTS, REPLAYS, SERVICES, consumers_of, dead_letters_of, stream_of

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


def inbox_prefix(user: str) -> str:
    """Where answers to this user's requests arrive, so that no user can listen to another's.

    What follows a dash in a user's name tells several installations on one NATS server apart.
    """
    return f"_INBOX_{user.partition('-')[0]}"


def permissions_for(user: str) -> Permissions:
    """Of a service; of the provisioner, which makes streams and consumers but publishes no event; or of backup, which
    reads what has no other source than its stream, and puts it back."""
    answers = f"{inbox_prefix(user)}.>"
    if user == PROVISIONER:
        return Permissions(publish=["$JS.API.>"], subscribe=[answers])
    if user == BACKUP:
        return Permissions(publish=_of_backup(), subscribe=[answers])
    if user not in SERVICES:
        raise ValueError(f"no such user: {user}; there are {', '.join((*SERVICES, PROVISIONER, BACKUP))}")
    publish = [
        f"{user}.>",
        relay_trigger_subject(user),
        f"dead_letters.{user}.>",
        f"replay.*.{user}.>",  # its own events, to whoever needs them again
        f"replay.{user}.>",  # its own dead letters
        f"$JS.API.STREAM.INFO.{stream_of(user)}",
        f"$JS.API.STREAM.INFO.{dead_letters_of(user)}",
        f"$JS.API.STREAM.MSG.GET.{dead_letters_of(user)}",
        f"$JS.API.STREAM.MSG.DELETE.{dead_letters_of(user)}",
    ]
    for consumer in consumers_of(user):
        publish += [
            f"$JS.API.CONSUMER.MSG.NEXT.{consumer.stream}.{user}",
            f"$JS.API.CONSUMER.INFO.{consumer.stream}.{user}",
            f"$JS.ACK.{consumer.stream}.{user}.>",
        ]
    return Permissions(publish=publish, subscribe=[answers, relay_trigger_subject(user), *BROADCASTS.get(user, ())])


def _of_backup() -> list[str]:
    only_copies = (REPLAYS, *(dead_letters_of(service) for service in SERVICES))
    return [
        "dead_letters.>",
        "replay.>",
        "$JS.API.STREAM.INFO.*",
        "$JS.API.CONSUMER.INFO.*.*",
        *(f"$JS.API.STREAM.MSG.GET.{stream}" for stream in only_copies),
        # Where the oldest event is that somebody has not handled yet: its time, not what it says, is wanted.
        *(f"$JS.API.STREAM.MSG.GET.{stream_of(service)}" for service in SERVICES),
    ]
