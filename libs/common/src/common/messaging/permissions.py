"""What each NATS user may do: publish its own subjects, read what the table of services gives it, and nothing else.

The streams are in an account of the provisioner alone. Every other user has an account of its own, which imports from
it the subjects that the user may send to. A NATS server checks the subject of a request, not the one that its answer
goes to: within one account, a client could name `$JS.API.STREAM.DELETE.AUTH` for its answers, and JetStream would act
on them. An answer to an importing account stays there (docs/decisions/0008).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from common.messaging.topology import (
    STREAMS,
    ConsumerSpec,
    consumers,
    consumers_of,
    dead_letters_of,
    external_consumers_of,
    stream_of,
)
from common.services import EXTERNAL_CONSUMERS, SERVICES, ExternalConsumer

PROVISIONER = "provisioner"
BACKUP = "backup"

STREAMS_ACCOUNT = "STREAMS"
"""The account that has JetStream. Its name is in capitals: those of the other accounts are names of users."""
JETSTREAM_API = "$JS.API"
IMPORTED_API = "jetstream.api"
"""`$JS.API` in every other account: there, NATS itself answers below that name that the account has no JetStream."""


@dataclass(frozen=True)
class ServiceImport:
    """A subject of the streams' account to which another account may send messages, as `local`. The answers come back:
    one, or a series (`streamed`)."""

    subject: str
    streamed: bool = False

    @property
    def local(self) -> str:
        api = self.subject.startswith(f"{JETSTREAM_API}.")
        return IMPORTED_API + self.subject.removeprefix(JETSTREAM_API) if api else self.subject


@dataclass(frozen=True)
class ServiceExport:
    """The counterpart of `ServiceImport`: who may import the subject."""

    subject: str
    accounts: tuple[str, ...]
    streamed: bool


@dataclass(frozen=True)
class Permissions:
    """Allow lists of subjects, as NATS writes them, and what the user's account imports."""

    publish: list[str]
    subscribe: list[str]
    imports: tuple[ServiceImport, ...] = ()


def relay_trigger_subject(service: str) -> str:
    """Where the processes of a service tell each other that there is something to publish (trigger.py)."""
    return f"relay_trigger.{service}"


def service_of(user: str) -> str:
    """A dash and what follows it in a user's name tell several installations on one NATS server apart."""
    return user.partition("-")[0]


def inbox_prefix(user: str) -> str:
    """Where replies to this user's requests arrive, so that no user can receive another's."""
    return f"_INBOX_{service_of(user)}"


def api_prefix(user: str) -> str:
    """The prefix of the subjects by which this user sends requests to JetStream."""
    return JETSTREAM_API if service_of(user) == PROVISIONER else IMPORTED_API


def account_of(user: str) -> str:
    """The NATS account of a user."""
    return STREAMS_ACCOUNT if user == PROVISIONER else user


def nats_users(external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS) -> tuple[str, ...]:
    """The name of every NATS user."""
    return (*SERVICES, *(each.name for each in external), PROVISIONER, BACKUP)


def exports(external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS) -> tuple[ServiceExport, ...]:
    """What the streams' account exports."""
    importers: dict[ServiceImport, list[str]] = {}
    for user in nats_users(external):
        for each in permissions_for(user, external).imports:
            importers.setdefault(each, []).append(account_of(user))
    return tuple(ServiceExport(each.subject, tuple(found), each.streamed) for each, found in importers.items())


def permissions_for(user: str, external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS) -> Permissions:
    """Of a service; of an external consumer, which only consumes; of the provisioner, which administers streams and
    consumers, and restores what exists in streams alone; or of backup, which only reads.

    Raises ValueError for an unknown user.
    """
    replies = f"{inbox_prefix(user)}.>"
    if user == PROVISIONER:
        return Permissions(publish=[f"{JETSTREAM_API}.>", "dead_letters.>", "replay.>"], subscribe=[replies])
    if user == BACKUP:
        return _importing(_of_backup(external), [replies])
    for each in external:
        if each.name == user:
            return _importing(_consumer_api(external_consumers_of(each)), [replies])
    if user not in SERVICES:
        raise ValueError(f"no such user: {user}; there are {', '.join(nats_users(external))}")
    core = [relay_trigger_subject(user), *SERVICES[user].broadcasts]
    replays = ServiceImport(f"replay.{user}.>")  # one import, since a message goes to each that matches
    imported = (
        ServiceImport(f"{user}.>"),
        ServiceImport(f"dead_letters.{user}.>"),
        *_api(f"STREAM.INFO.{stream_of(user)}", f"STREAM.INFO.{dead_letters_of(user)}"),
        *_api(f"STREAM.MSG.GET.{dead_letters_of(user)}", f"STREAM.MSG.DELETE.{dead_letters_of(user)}"),
        *_consumer_api(consumers_of(user)),
    )
    allowed = _importing(imported, [replies, *core])
    own_replays = [
        f"replay.{user}.*.{user}.>",  # its own events, to any service that needs them again
        f"replay.{user}.{user}.>",  # its own dead letters
    ]
    return Permissions([*core, *own_replays, *allowed.publish], allowed.subscribe, (replays, *allowed.imports))


def _importing(imports: Iterable[ServiceImport], subscribe: list[str]) -> Permissions:
    imported = tuple(imports)
    return Permissions([each.local for each in imported], subscribe, imported)


def _api(*requests: str) -> Iterable[ServiceImport]:
    return (ServiceImport(f"{JETSTREAM_API}.{request}") for request in requests)


def _consumer_api(consumers: Iterable[ConsumerSpec]) -> Iterable[ServiceImport]:
    for each in consumers:
        yield ServiceImport(f"{JETSTREAM_API}.CONSUMER.MSG.NEXT.{each.stream}.{each.durable}", streamed=True)
        yield from _api(f"CONSUMER.INFO.{each.stream}.{each.durable}")
        yield ServiceImport(f"$JS.ACK.{each.stream}.{each.durable}.>")


def _of_backup(external: Sequence[ExternalConsumer]) -> Iterable[ServiceImport]:
    """Also of the services' own streams: to find the time of the oldest event that a consumer has not acknowledged."""
    for stream in STREAMS:
        yield from _api(f"STREAM.INFO.{stream.name}", f"STREAM.MSG.GET.{stream.name}")
    for consumer in consumers(external):
        yield from _api(f"CONSUMER.INFO.{consumer.stream}.{consumer.durable}")
