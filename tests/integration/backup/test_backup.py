"""A backup is of one moment, holds everything, and comes back as it was, with no more rights than its user has."""

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

from backup import restoring, taking
from backup.archive import Broken
from backup.databases import Client, drop_all
from backup.restoring import NotEmpty
from common import clock
from common.databases.provision import make_users
from common.databases.users import User
from common.messaging.broker import Broker
from common.messaging.dead_letter import DeadLetters
from common.messaging.permissions import permissions_for
from common.messaging.provision import provision
from stack.mongo import MongoServer
from stack.nats import NatsServer, NatsUser
from stack.ports import free_port
from tests.support.eventually import eventually
from tests.support.servers import PASSWORD, mongo_server
from tests.support.switch import switched_on

KEY = pyrage.x25519.Identity.generate()
RECIPIENT, IDENTITY = str(KEY.to_public()), str(KEY)
USERS = ("auth", "tickets", "provisioner", "backup")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass(frozen=True)
class Ground:
    """Servers of this module alone, since a backup takes all there is, and a restore replaces it."""

    mongo: MongoServer
    nats: NatsServer
    directory: Path

    @contextmanager
    def client(self, user: str = "root") -> Iterator[Client]:
        """As root, or as the user that backups are taken by."""
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
async def ground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    directory = tmp_path_factory.mktemp("backup")
    mongo = mongo_server(directory)
    users = {}
    for user in USERS:
        allowed = permissions_for(user)
        users[user] = NatsUser(PASSWORD, allowed.publish, allowed.subscribe)
    nats = NatsServer(directory / "nats", port=free_port(), monitor_port=free_port(), users=users)
    async with switched_on(mongo, directory / "mongod.log"), switched_on(nats, directory / "nats.log"):
        async with mongo._client(authenticated=True) as root:
            await make_users(root, [User("backup", PASSWORD, "admin", ["readAnyDatabase"])])
        provisioner = Ground(mongo, nats, directory).broker("provisioner")
        await provisioner.connect()
        await provision(provisioner.jetstream)
        await provisioner.close()
        yield Ground(mongo, nats, directory)


@pytest_asyncio.fixture(loop_scope="module")
async def backup_broker(ground: Ground) -> AsyncIterator[Broker]:
    broker = ground.broker("backup")
    await broker.connect()
    yield broker
    await broker.close()


@pytest.fixture
def empty(ground: Ground) -> Iterator[None]:
    """Nothing in MongoDB, before and after."""
    with ground.client() as client:
        drop_all(client)
        yield
        drop_all(client)


def odd_documents(count: int) -> list[dict[str, Any]]:
    """Of every kind of value that a driver might change on its way."""
    return [
        {
            "_id": number if number % 2 else f"text-{number}",
            "when": clock.now(),
            "bytes": Binary(secrets.token_bytes(30)),
            "decimal": Decimal128("1.10"),
            "long": 2**40,
            "nested": {"b": 1, "a": [None, True, {"z": 1.5}]},
            "filling": "x" * 2_000,
        }
        for number in range(count)
    ]


async def taken(ground: Ground, broker: Broker, directory: Path) -> Path:
    """By the user that backups are taken by."""
    with ground.client("backup") as client:
        return await taking.take(client, broker.jetstream, directory, RECIPIENT)


async def test_what_was_lost_comes_back_bit_by_bit(
    ground: Ground, backup_broker: Broker, tmp_path: Path, empty: None
) -> None:
    auth = ground.broker("auth")
    await auth.connect()
    kept = {"subject": "auth.user.registered.v1.x.y", "headers": {"ce-id": "1"}, "body": b"\x00odd"}
    await DeadLetters(auth, "auth").keep(**kept, delivery="d", reason="no reason – ümlaut", handler="h", attempts=9)  # type: ignore[arg-type]
    [letter] = [each async for each in DeadLetters(auth, "auth").list()]
    with ground.client() as client:
        client["tickets"].create_collection("things", collation={"locale": "en", "strength": 2})
        client["tickets"]["things"].insert_many(odd_documents(6_000))  # more than one piece
        client["tickets"]["things"].create_index([("when", -1), ("long", 1)], name="mine", unique=False, sparse=True)
        client["auth"]["empty"].create_index("until", expireAfterSeconds=5, partialFilterExpression={"a": {"$gt": 1}})
        indexes = client["auth"]["empty"].index_information(), client["tickets"]["things"].index_information()
        things = list(client["tickets"]["things"].find(sort=[("_id", 1)]))
        path = await taken(ground, backup_broker, tmp_path)

        drop_all(client)
        await auth.client.jetstream().delete_msg("DEAD_LETTERS_AUTH", letter.sequence)
        manifest = await restoring.restore(client, backup_broker.jetstream, path, IDENTITY, replace=False)

        assert manifest.databases["tickets"]["things"].count == 6_000
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


async def test_a_backup_is_of_one_moment_though_everybody_goes_on_writing(
    ground: Ground, backup_broker: Broker, tmp_path: Path, empty: None
) -> None:
    """An effect is written after its fact, into another database: where there is the effect, there must be the fact."""
    stop = threading.Event()

    def write() -> None:
        with ground.client() as client:
            number = 0
            while not stop.is_set():
                number += 1
                client["tickets"]["facts"].insert_one({"_id": number, "filling": "x" * 5_000})
                # Read first, alphabetically: without a common moment, this would be the older one.
                client["notifications"]["effects"].insert_one({"_id": number})
                client["auth"]["effects"].insert_one({"_id": number})

    with ground.client() as client:
        for database, collection in (("tickets", "facts"), ("notifications", "effects"), ("auth", "effects")):
            client[database].create_collection(collection)
        writer = threading.Thread(target=write)
        writer.start()
        try:

            async def well_under_way() -> None:
                assert client["auth"]["effects"].count_documents({}) >= 300

            await eventually(well_under_way, within=60)
            path = await taken(ground, backup_broker, tmp_path)
        finally:
            stop.set()
            await asyncio.to_thread(writer.join)
        at_the_end = client["auth"]["effects"].count_documents({})
        await restoring.restore(client, backup_broker.jetstream, path, IDENTITY, replace=True)
        facts = client["tickets"]["facts"].count_documents({})
        effects = client["notifications"]["effects"].count_documents({})
        later = client["auth"]["effects"].count_documents({})
        assert 300 <= later <= effects <= facts <= later + 1
        assert later < at_the_end  # they did go on


async def test_a_restore_refuses_to_mix_with_what_is_there(
    ground: Ground, backup_broker: Broker, tmp_path: Path, empty: None
) -> None:
    with ground.client() as client:
        client["tickets"]["things"].insert_one({"_id": 1})
        path = await taken(ground, backup_broker, tmp_path)
        client["tickets"]["things"].insert_one({"_id": 2})
        with pytest.raises(NotEmpty, match="has data already"):
            await restoring.restore(client, backup_broker.jetstream, path, IDENTITY, replace=False)
        assert client["tickets"]["things"].count_documents({}) == 2
        await restoring.restore(client, backup_broker.jetstream, path, IDENTITY, replace=True)
        assert client["tickets"]["things"].count_documents({}) == 1


async def test_what_is_not_as_it_was_is_noticed(
    ground: Ground, backup_broker: Broker, tmp_path: Path, empty: None
) -> None:
    with ground.client() as client:
        client["tickets"]["things"].insert_many(odd_documents(10))
        path = await taken(ground, backup_broker, tmp_path)
        manifest = restoring.verify(path, IDENTITY)
        await restoring.prove(client, backup_broker.jetstream, manifest)
        client["tickets"]["things"].update_one({"_id": 1}, {"$set": {"long": 1}})
        with pytest.raises(Broken, match=r"tickets\.things"):
            await restoring.prove(client, backup_broker.jetstream, manifest)


async def test_said_again_is_all_since_the_oldest_event_that_somebody_has_not_heard(
    ground: Ground, backup_broker: Broker, tmp_path: Path, empty: None
) -> None:
    with ground.client() as client:
        path = await taken(ground, backup_broker, tmp_path)
        manifest = restoring.verify(path, IDENTITY)
        assert manifest.unheard_since == manifest.taken_at - taking.MARGIN

        path.unlink()
        unpublished = clock.now() - timedelta(days=3)
        waiting = {"outbox": [{"id": 1, "time": unpublished}]}
        client["tickets"]["tickets"].insert_one(waiting)
        client["tickets"]["tickets"].create_index(
            [("outbox.0.id", 1)], name="outbox", partialFilterExpression={"outbox.0": {"$exists": True}}
        )
        manifest = restoring.verify(await taken(ground, backup_broker, tmp_path), IDENTITY)
        assert manifest.unheard_since == unpublished - taking.MARGIN


async def test_the_backups_user_writes_nothing(ground: Ground) -> None:
    with ground.client("backup") as client, pytest.raises(OperationFailure, match="not authorized"):
        client["tickets"]["things"].insert_one({})
