"""The real mongod and nats-server as the local stack configures them."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import nats
import pytest
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from stack import processes, secrets
from stack.errors import WrongSecrets
from stack.mongo import MongoServer
from stack.nats import NatsServer, NatsUser
from stack.ports import free_port
from tests.support.eventually import eventually


@asynccontextmanager
async def running(server: MongoServer | NatsServer, log: Path) -> AsyncIterator[None]:
    server.write_files()
    process = await processes.spawn(server.command(), log=log)
    try:
        await asyncio.wait_for(server.wait_ready(), 60)
        yield
    finally:
        await process.stop(signal.SIGTERM, 20)


def a_client(url: str) -> AsyncMongoClient[dict[str, Any]]:
    return AsyncMongoClient(url)


@pytest.fixture
def mongo(tmp_path: Path) -> MongoServer:
    made = secrets.generate()
    return MongoServer(
        tmp_path / "mongod",
        port=free_port(),
        root_password=made.mongo_root,
        keyfile=made.mongo_keyfile,
        users=made.mongo,
        cache_gb=0.25,
    )


async def test_a_service_reaches_its_own_database_and_no_other(mongo: MongoServer, tmp_path: Path) -> None:
    async with running(mongo, tmp_path / "log"), a_client(mongo.url_of("tickets")) as client:
        await client["tickets"]["things"].insert_one({"_id": 1})
        with pytest.raises(OperationFailure, match="not authorized on auth"):
            await client["auth"]["things"].find_one()
        with pytest.raises(OperationFailure, match="not authorized on auth"):
            await client["auth"]["things"].insert_one({"_id": 1})


async def test_nobody_reads_without_a_password(mongo: MongoServer, tmp_path: Path) -> None:
    anybody = f"mongodb://127.0.0.1:{mongo.port}/?directConnection=true"
    async with running(mongo, tmp_path / "log"), a_client(anybody) as client:
        with pytest.raises(OperationFailure, match="requires authentication"):
            await client["tickets"]["things"].find_one()


async def test_data_survives_a_restart_on_another_port(mongo: MongoServer, tmp_path: Path) -> None:
    async with running(mongo, tmp_path / "log"), a_client(mongo.url_of("tickets")) as client:
        await client["tickets"]["things"].insert_one({"_id": 1})
    moved = replace(mongo, port=free_port())
    async with running(moved, tmp_path / "log"), a_client(moved.url_of("tickets")) as client:
        assert await client["tickets"]["things"].find_one() == {"_id": 1}


async def test_what_the_demo_data_has_used_up_of_the_rate_limits_is_forgotten(
    mongo: MongoServer, tmp_path: Path
) -> None:
    async with running(mongo, tmp_path / "log"):
        for service in ("auth", "tickets"):
            async with a_client(mongo.url_of(service)) as client:
                await client[service]["rate_limits"].insert_one({"_id": "ticket-creation:casey", "count": 5})
                await client[service]["users"].insert_one({"_id": 1})

        await mongo.forget_rate_limits()

        for service in ("auth", "tickets"):
            async with a_client(mongo.url_of(service)) as client:
                assert await client[service]["rate_limits"].find().to_list() == []
                assert await client[service]["users"].find().to_list() == [{"_id": 1}]


async def test_data_made_with_other_secrets_is_refused_with_a_reason(mongo: MongoServer, tmp_path: Path) -> None:
    async with running(mongo, tmp_path / "log"):
        with pytest.raises(WrongSecrets, match="restore the old secrets"):
            await replace(mongo, root_password="another").initialise()


async def test_a_nats_user_is_held_to_its_subjects(tmp_path: Path) -> None:
    refused: list[str] = []

    async def note(error: Exception) -> None:
        refused.append(str(error))

    users = {"auth": NatsUser("secret", publish=["auth.>"], subscribe=["auth.>"]), "mute": NatsUser("secret", [], [])}
    server = NatsServer(tmp_path / "nats", port=free_port(), monitor_port=free_port(), users=users)
    async with running(server, tmp_path / "log"):
        for user, subject in (("auth", "tickets.made"), ("mute", "auth.made")):
            client = await nats.connect(server.url, user=user, password="secret", error_cb=note)
            await client.publish(subject, b"")

            async def was_refused(subject: str = subject) -> None:
                assert [line for line in refused if subject in line]

            await eventually(was_refused)
            await client.close()
        own = await nats.connect(server.url, user="auth", password="secret", error_cb=note)
        heard = await own.subscribe("auth.made")
        await own.publish("auth.made", b"fact")
        assert (await heard.next_msg(timeout=5)).data == b"fact"
        await own.close()
    assert len(refused) == 2, refused
