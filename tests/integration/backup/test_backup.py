"""A backup is consistent and complete, is restored unchanged, and is created with read-only permissions."""

import asyncio
import secrets
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

import pyrage
import pytest
import pytest_asyncio
from bson import Binary, Decimal128
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from backup import create, restore
from backup.archive import InvalidArchive
from backup.mongo_dump import Client, drop_databases
from common import clock
from common.databases.provision import create_users
from common.databases.users import User
from common.ids import new_id
from common.messaging.broker import Broker
from common.messaging.dead_letter import DeadLetters
from common.messaging.delivery import RawMessage
from common.messaging.permissions import nats_users
from common.messaging.provision import provision
from common.messaging.results import Reject
from stack.mongo import MongoServer
from stack.nats import NatsServer, helpdesk_accounts
from stack.ports import free_port
from tests.support.eventually import eventually
from tests.support.servers import PASSWORD, mongo_server
from tests.support.subprocesses import running_server

KEY = pyrage.x25519.Identity.generate()
RECIPIENT, IDENTITY = str(KEY.to_public()), str(KEY)

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Servers:
    """Servers of this module only, since a backup reads all data, and a restore replaces it."""

    mongo: MongoServer
    nats: NatsServer
    directory: Path

    @contextmanager
    def client(self, user: str = "root") -> Iterator[Client]:
        """As root or as the backup user."""
        url = self.mongo.url
        if user == "backup":
            url = f"mongodb://backup:{PASSWORD}@{url.partition('@')[2]}"
        client: Client = MongoClient(url, tz_aware=True, tzinfo=UTC, uuidRepresentation="standard", w="majority")
        with client:
            yield client

    def broker(self, user: str) -> Broker:
        """Not connected."""
        return Broker(self.nats.url, user, PASSWORD, name="test")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Servers]:
    directory = tmp_path_factory.mktemp("backup")
    mongo = mongo_server(directory)
    accounts = helpdesk_accounts(dict.fromkeys(nats_users(), PASSWORD))
    nats = NatsServer(directory / "nats", port=free_port(), monitor_port=free_port(), accounts=accounts)
    async with running_server(mongo, directory / "mongod.log"), running_server(nats, directory / "nats.log"):
        async with mongo._client(authenticated=True) as root:
            await create_users(root, [User("backup", PASSWORD, "admin", ["readAnyDatabase"])])
        provisioner = Servers(mongo, nats, directory).broker("provisioner")
        await provisioner.connect()
        await provision(provisioner.jetstream)
        await provisioner.close()
        yield Servers(mongo, nats, directory)


@pytest_asyncio.fixture(loop_scope="module")
async def backup_broker(servers: Servers) -> AsyncIterator[Broker]:
    broker = servers.broker("backup")
    await broker.connect()
    yield broker
    await broker.close()


@pytest_asyncio.fixture(loop_scope="module")
async def provisioner(servers: Servers) -> AsyncIterator[Broker]:
    """Restores: whoever can write dead letters and replays can forge events, so the backup user cannot."""
    broker = servers.broker("provisioner")
    await broker.connect()
    yield broker
    await broker.close()


@pytest.fixture
def empty(servers: Servers) -> Iterator[None]:
    """MongoDB is empty before and after the test."""
    with servers.client() as client:
        drop_databases(client)
        yield
        drop_databases(client)


def sample_documents(count: int) -> list[dict[str, Any]]:
    """With values of all types that a driver might convert."""
    return [
        {
            "_id": number if number % 2 else f"text-{number}",
            "when": clock.now(),
            "bytes": Binary(secrets.token_bytes(30)),
            "decimal": Decimal128("1.10"),
            "long": 2**40,
            "nested": {"b": 1, "a": [None, True, {"z": 1.5}]},
            "padding": "x" * 2_000,
        }
        for number in range(count)
    ]


async def create_as_backup_user(servers: Servers, broker: Broker, directory: Path) -> Path:
    with servers.client("backup") as client:
        return await create.create_backup(client, broker.jetstream, directory, RECIPIENT)


async def test_a_restore_brings_back_documents_indexes_and_dead_letters_unchanged(
    servers: Servers, backup_broker: Broker, provisioner: Broker, tmp_path: Path, empty: None
) -> None:
    auth = servers.broker("auth")
    await auth.connect()
    message = RawMessage("d", "AUTH", "auth.user.registered.v1.x.y", {"ce-id": "1"}, b"\x00binary")
    await DeadLetters(auth, "auth").store(message, Reject("no reason – ümlaut", "h"), attempts=9)
    [letter] = [each async for each in DeadLetters(auth, "auth").list()]
    with servers.client() as client:
        client["tickets"].create_collection("things", collation={"locale": "en", "strength": 2})
        client["tickets"]["things"].insert_many(sample_documents(6_000))  # several members
        client["tickets"]["things"].create_index([("when", -1), ("long", 1)], name="mine", unique=False, sparse=True)
        client["auth"]["empty"].create_index("until", expireAfterSeconds=5, partialFilterExpression={"a": {"$gt": 1}})
        indexes = client["auth"]["empty"].index_information(), client["tickets"]["things"].index_information()
        things = list(client["tickets"]["things"].find(sort=[("_id", 1)]))
        path = await create_as_backup_user(servers, backup_broker, tmp_path)

        drop_databases(client)
        await auth.jetstream.delete_msg("DEAD_LETTERS_AUTH", letter.sequence)
        manifest = await restore.restore_backup(client, provisioner.jetstream, path, IDENTITY, replace=False)

        assert manifest.contents["mongo/tickets/things"].count == 6_000
        assert list(client["tickets"]["things"].find(sort=[("_id", 1)])) == things
        assert indexes == (client["auth"]["empty"].index_information(), client["tickets"]["things"].index_information())
        assert client["tickets"]["things"].options()["collation"]["strength"] == 2
    [back] = [each async for each in DeadLetters(auth, "auth").list()]
    assert (back.subject, back.headers, back.reason, back.body) == (
        letter.subject,
        {"ce-id": "1"},
        letter.reason,
        letter.body,
    )
    await DeadLetters(auth, "auth").discard(back.sequence)
    await auth.close()


async def test_a_backup_is_consistent_across_databases_during_concurrent_writes(
    servers: Servers, backup_broker: Broker, provisioner: Broker, tmp_path: Path, empty: None
) -> None:
    """Each effect is written after its fact, to another database: a backup with the effect must have the fact."""
    stop = threading.Event()

    def write() -> None:
        with servers.client() as client:
            number = 0
            while not stop.is_set():
                number += 1
                client["tickets"]["facts"].insert_one({"_id": number, "padding": "x" * 5_000})
                # Dumped first, in alphabetical order: without a snapshot its data would be older.
                client["notifications"]["effects"].insert_one({"_id": number})
                client["auth"]["effects"].insert_one({"_id": number})

    with servers.client() as client:
        for database, collection in (("tickets", "facts"), ("notifications", "effects"), ("auth", "effects")):
            client[database].create_collection(collection)
        writer = threading.Thread(target=write)
        writer.start()
        try:

            async def writes_have_begun() -> None:
                assert client["auth"]["effects"].count_documents({}) >= 300

            await eventually(writes_have_begun, within=60)
            path = await create_as_backup_user(servers, backup_broker, tmp_path)
        finally:
            stop.set()
            await asyncio.to_thread(writer.join)
        at_the_end = client["auth"]["effects"].count_documents({})
        await restore.restore_backup(client, provisioner.jetstream, path, IDENTITY, replace=True)
        facts = client["tickets"]["facts"].count_documents({})
        effects = client["notifications"]["effects"].count_documents({})
        later = client["auth"]["effects"].count_documents({})
        assert 300 <= later <= effects <= facts <= later + 1
        assert later < at_the_end  # the writes went on


async def test_a_restore_into_existing_data_is_refused_without_replace(
    servers: Servers, backup_broker: Broker, provisioner: Broker, tmp_path: Path, empty: None
) -> None:
    with servers.client() as client:
        client["tickets"]["things"].insert_one({"_id": 1})
        path = await create_as_backup_user(servers, backup_broker, tmp_path)
        client["tickets"]["things"].insert_one({"_id": 2})
        with pytest.raises(restore.TargetNotEmpty, match="has data already"):
            await restore.restore_backup(client, provisioner.jetstream, path, IDENTITY, replace=False)
        assert client["tickets"]["things"].count_documents({}) == 2
        await restore.restore_backup(client, provisioner.jetstream, path, IDENTITY, replace=True)
        assert client["tickets"]["things"].count_documents({}) == 1


async def test_a_difference_after_the_restore_is_detected(
    servers: Servers, backup_broker: Broker, provisioner: Broker, tmp_path: Path, empty: None
) -> None:
    with servers.client() as client:
        client["tickets"]["things"].insert_many(sample_documents(10))
        path = await create_as_backup_user(servers, backup_broker, tmp_path)
        manifest = restore.verify_backup(path, IDENTITY)
        await restore.verify_restored(client, provisioner.jetstream, manifest)
        client["tickets"]["things"].update_one({"_id": 1}, {"$set": {"long": 1}})
        with pytest.raises(InvalidArchive, match="mongo/tickets/things"):
            await restore.verify_restored(client, provisioner.jetstream, manifest)


async def test_the_replay_starts_before_the_oldest_unpublished_event(
    servers: Servers, backup_broker: Broker, tmp_path: Path, empty: None
) -> None:
    with servers.client() as client:
        path = await create_as_backup_user(servers, backup_broker, tmp_path)
        manifest = restore.verify_backup(path, IDENTITY)
        assert manifest.replay_since == manifest.taken_at - create.REPLAY_MARGIN

        path.unlink()
        unpublished = clock.now() - timedelta(days=3)
        waiting = {"outbox": [{"id": 1, "time": unpublished}]}
        client["tickets"]["tickets"].insert_one(waiting)
        client["tickets"]["tickets"].create_index(
            [("outbox.0.id", 1)], name="outbox", partialFilterExpression={"outbox.0": {"$exists": True}}
        )
        manifest = restore.verify_backup(await create_as_backup_user(servers, backup_broker, tmp_path), IDENTITY)
        assert manifest.replay_since == unpublished - create.REPLAY_MARGIN

        parked = unpublished - timedelta(days=3)
        message = {"headers": {"ce-time": parked.isoformat()}}
        client["mailer"]["parked_events"].insert_one({"_id": new_id(parked), "message": message})
        for path in tmp_path.glob("*.age"):
            path.unlink()
        manifest = restore.verify_backup(await create_as_backup_user(servers, backup_broker, tmp_path), IDENTITY)
        assert manifest.replay_since == parked - create.REPLAY_MARGIN


async def test_the_backup_user_cannot_write(servers: Servers) -> None:
    with servers.client("backup") as client, pytest.raises(OperationFailure, match="not authorized"):
        client["tickets"]["things"].insert_one({})
