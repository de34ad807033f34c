"""`python -m backup`: creates, lists, verifies and restores backups."""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path

import pyrage
from nats.js import JetStreamContext
from nats.js.errors import Error as JetStreamError
from pydantic import ValidationError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from backup.archive import InvalidArchive
from backup.create import create_backup, delete_expired
from backup.mongo_dump import Client, LayoutChanged
from backup.restore import TargetNotEmpty, restore_backup, verify_backup
from backup.settings import BackupSettings
from common.errors import HelpdeskError
from common.messaging.broker import Broker
from common.messaging.permissions import PROVISIONER
from common.services import SERVICES
from common.telemetry import configure_logging

CONNECT_SECONDS = 30


async def _run(_arguments: argparse.Namespace) -> None:
    settings = BackupSettings()
    with _mongo(settings.mongo_url.get_secret_value()) as client:
        async with _jetstream(settings.nats_url, settings.nats_user, settings.nats_password.get_secret_value()) as js:
            path = await create_backup(client, js, settings.backup_directory, settings.backup_recipient)
    print(path)
    delete_expired(settings.backup_directory)


async def _list(arguments: argparse.Namespace) -> None:
    for path in sorted(arguments.directory.glob("helpdesk-*.tar.age")):
        print(f"{path.name}\t{path.stat().st_size}")


async def _verify(arguments: argparse.Namespace) -> None:
    manifest = await asyncio.to_thread(verify_backup, arguments.file, arguments.key.read_text())
    print(f"{arguments.file.name} is valid: {manifest.documents} documents, taken at {manifest.taken_at.isoformat()}")


async def _restore(arguments: argparse.Namespace) -> None:
    identity = arguments.key.read_text()
    user, password = os.environ.get("HELPDESK_NATS_USER", PROVISIONER), os.environ["HELPDESK_NATS_PASSWORD"]
    with _mongo(os.environ["HELPDESK_MONGO_ADMIN_URL"]) as client:
        async with _jetstream(os.environ["HELPDESK_NATS_URL"], user, password) as js:
            manifest = await restore_backup(client, js, arguments.file, identity, replace=arguments.replace)
    print(f"{manifest.documents} documents of {manifest.taken_at.isoformat()} are restored and verified.")
    print("Keep the services unreachable until each has replayed its events, with its own settings:")
    for service in sorted(SERVICES):
        print(f"  python -m {service} replay --to stream --since {manifest.replay_since.isoformat()}")


async def _keygen(_arguments: argparse.Namespace) -> None:
    identity = pyrage.x25519.Identity.generate()
    print(f"# HELPDESK_BACKUP_RECIPIENT={identity.to_public()}\n# Store this file outside of the cluster.\n{identity}")


def _mongo(url: str) -> Client:
    return MongoClient(
        url,
        tz_aware=True,
        tzinfo=UTC,
        uuidRepresentation="standard",
        w="majority",
        journal=True,
        serverSelectionTimeoutMS=CONNECT_SECONDS * 1000,
    )


@asynccontextmanager
async def _jetstream(url: str, user: str, password: str) -> AsyncIterator[JetStreamContext]:
    broker = Broker(url, user, password, name="backup")
    try:
        await asyncio.wait_for(broker.connect(), CONNECT_SECONDS)
    except TimeoutError:
        raise ConnectionError(broker.problem or "NATS is not reachable") from None
    try:
        yield broker.jetstream
    finally:
        await broker.close()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m backup")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="create a backup, and delete expired ones").set_defaults(run=_run)
    listing = commands.add_parser(
        "list", help="list the backups of a directory, oldest first, with their size in bytes"
    )
    listing.add_argument("directory", type=Path, nargs="?", default=Path("/backups"))
    listing.set_defaults(run=_list)
    for name, run, what in (("verify", _verify, "read a backup"), ("restore", _restore, "restore a backup")):
        command = commands.add_parser(name, help=f"{what}, and compare all hashes")
        command.add_argument("file", type=Path)
        command.add_argument("--key", type=Path, required=True, help="the output of `keygen`")
        command.set_defaults(run=run)
        if name == "restore":
            command.add_argument("--replace", action="store_true", help="delete all existing data first")
    commands.add_parser("keygen", help="print a new key pair").set_defaults(run=_keygen)
    arguments = parser.parse_args()
    configure_logging("backup", "info", stream=sys.stderr)
    try:
        asyncio.run(arguments.run(arguments))
    except ValidationError as error:
        sys.exit("; ".join(f"HELPDESK_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()))
    except KeyError as error:
        sys.exit(f"set {error.args[0]}")
    except (
        InvalidArchive,
        TargetNotEmpty,
        LayoutChanged,
        HelpdeskError,
        PyMongoError,
        JetStreamError,
        OSError,
    ) as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
