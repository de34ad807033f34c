"""`python -m <service> …`: the operator commands of every service. A service adds its own."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

import uvloop
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from pymongo.errors import PyMongoError

from common.dead_letter_actions import DeadLetterActions
from common.errors import HelpdeskError
from common.lifecycle import Role, Service, ServiceRunner, serve
from common.messaging.broker import Broker
from common.messaging.dead_letter import DeadLetters
from common.messaging.parked_events import ParkedEvents
from common.messaging.publisher import JetStreamPublisher
from common.outbox import EventLog, EventSelection
from common.outbox.held_back import held_back
from common.outbox.replay import replay
from common.telemetry import configure_logging
from common.times import to_utc

Arguments = argparse.Namespace


@dataclass(frozen=True)
class Command:
    """A command that needs the service's settings and database. The service is built for the role `api`, unless the
    command has an argument `role`."""

    help: str
    run: Callable[[Service, Arguments], Awaitable[None]]
    add_arguments: Callable[[argparse.ArgumentParser], object] = lambda _parser: None


@dataclass(frozen=True)
class Tool:
    """A command that needs neither."""

    help: str
    run: Callable[[Arguments], None]
    add_arguments: Callable[[argparse.ArgumentParser], object]


def main(name: str, build: Callable[[Role], Service], commands: Mapping[str, Command | Tool] | None = None) -> None:
    """Runs the command line. `build` reads only the settings that the role needs. Expected failures print one sentence
    to standard error and exit with status 1."""
    arguments = _parser(name, commands or {}).parse_args()
    chosen: Command | Tool = arguments.command
    configure_logging(name, "warning", stream=sys.stderr)

    try:
        if isinstance(chosen, Tool):
            chosen.run(arguments)
        else:
            uvloop.run(_run(chosen, build, arguments))
    except ValidationError as error:
        sys.exit(f"{name}: invalid settings: {'; '.join(map(_describe, error.errors()))}")
    except (HelpdeskError, ValueError, PyMongoError) as error:
        sys.exit(f"{name}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


async def _run(command: Command, build: Callable[[Role], Service], arguments: Arguments) -> None:
    role: Role = getattr(arguments, "role", "api")
    await command.run(build(role), arguments)  # built inside its event loop


def _describe(wrong: ErrorDetails) -> str:
    """One invalid setting by its variable, without its value."""
    setting = f"HELPDESK_{'.'.join(map(str, wrong['loc'])).upper()}: " if wrong["loc"] else ""
    return f"{setting}{wrong['msg'].removeprefix('Value error, ')}"


def _parser(name: str, own: Mapping[str, Command | Tool]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {name}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    every: dict[str, Command | Tool] = {**_COMMON, **own}
    for title, command in every.items():
        sub = commands.add_parser(title, help=command.help, description=command.help)
        command.add_arguments(sub)
        sub.set_defaults(command=command)
    return parser


async def _serve(service: Service, arguments: Arguments) -> None:
    await serve(service, arguments.role)


async def _prepare(service: Service, _arguments: Arguments) -> None:
    async with service.prepared():
        print(f"{service.name}: collections and indexes exist")


async def _openapi(service: Service, _arguments: Arguments) -> None:
    print(json.dumps(ServiceRunner(service, "api").app.openapi()))
    await service.db.client.close()


async def _replay(service: Service, arguments: Arguments) -> None:
    wanted = EventSelection(
        arguments.type, arguments.organisation, arguments.aggregate, arguments.since, arguments.until
    )
    async with service.prepared(), _connected(service) as broker:
        count = await replay(EventLog(service.db), JetStreamPublisher(broker), wanted, to=arguments.to)
        print(f"{count} events replayed to {arguments.to}")


async def _dead_letters(service: Service, arguments: Arguments) -> None:
    if arguments.action != "list" and arguments.sequence is None:
        raise ValueError(f"dead-letters {arguments.action} needs the SEQUENCE that `dead-letters list` shows")
    async with service.prepared(), _connected(service) as broker:
        letters = DeadLetters(broker, service.name)
        actions = DeadLetterActions(service.name, service.db, letters)
        match arguments.action:
            case "list":
                async for letter in letters.list():
                    _print_row(letter.sequence, letter.failed_at, letter.attempts, letter.subject, letter.reason)
            case "show":
                print(json.dumps(asdict(await letters.show(arguments.sequence)), indent=2, default=str))
            case "replay":
                await actions.replay(await letters.show(arguments.sequence), by=None)
                print(f"dead letter {arguments.sequence} was delivered to {service.name} again")
            case "discard":
                await actions.discard(await letters.show(arguments.sequence), by=None)
                print(f"dead letter {arguments.sequence} was deleted")


async def _held_back(service: Service, _arguments: Arguments) -> None:
    async with service.prepared():
        async for held in held_back(service.db, service.aggregate_collections):
            _print_row("publishing", held.aggregate_id, held.since, held.attempts, held.until, held.reason)
        async for parked in ParkedEvents(service.db).aggregates():
            why = f"{parked.events} events, first {parked.type}: {parked.reason} ({parked.handler})"
            _print_row("handling", parked.aggregate, parked.since, parked.failures, parked.next_attempt_at, why)


def _print_row(*cells: object) -> None:
    print(*cells, sep="\t")


@asynccontextmanager
async def _connected(service: Service) -> AsyncIterator[Broker]:
    broker = Broker.of(service.settings, name=f"{service.name} command")
    try:
        await asyncio.wait_for(broker.connect(), 10)
    except TimeoutError:
        raise ValueError(broker.problem or "NATS is away") from None
    try:
        yield broker
    finally:
        await broker.close()


def _serve_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", choices=get_args(Role), default="all", help="HTTP, workers, or both (default)")


def _replay_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", required=True, help="'stream' for all consumers, or the name of one service")
    parser.add_argument("--type", help="only events of this type, e.g. tickets.ticket.created")
    parser.add_argument("--organisation", type=UUID, help="only this organisation's")
    parser.add_argument("--aggregate", type=UUID, help="only this ticket's, user's, …")
    parser.add_argument("--since", type=_time, help="only from this time on (RFC 3339, with offset)")
    parser.add_argument("--until", type=_time, help="only before this time (RFC 3339, with offset)")


def _dead_letter_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=("list", "show", "replay", "discard"))
    parser.add_argument("sequence", type=int, nargs="?", help="the number that `list` shows first")


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no offset: use e.g. {at.isoformat()}+00:00")
    return to_utc(at)


_COMMON: dict[str, Command] = {
    "serve": Command("Run the service until it is stopped.", _serve, _serve_arguments),
    "prepare": Command("Create missing collections and indexes, then exit.", _prepare),
    "openapi": Command("Print the service's OpenAPI document.", _openapi),
    "replay": Command("Publish logged events again.", _replay, _replay_arguments),
    "held-back": Command("List the aggregates whose events wait, and why.", _held_back),
    "dead-letters": Command(
        "List, show, replay or delete events that could not be handled.", _dead_letters, _dead_letter_arguments
    ),
}
