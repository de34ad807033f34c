"""Three empty MongoDB servers become a replica set with the users that are wanted, however often it is asked for."""

import asyncio
import base64
import os
import secrets
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure

from stack import processes
from stack.mongo import MongoServer
from stack.ports import free_port
from tests.support.eventually import eventually

SERVICES = ("auth", "tickets")


@dataclass(frozen=True)
class Members:
    """Three servers that know nothing yet but their shared key."""

    hosts: list[str]
    keyfile: Path

    def url(self, user: str, password: str, database: str, source: str) -> str:
        return f"mongodb://{user}:{password}@{','.join(self.hosts)}/{database}?replicaSet=rs0&authSource={source}"

    async def provision(self, passwords: dict[str, str], *, members: int = 3) -> tuple[int, str]:
        """Exit status and output of the operator's job."""
        environment = {
            "PATH": os.environ["PATH"],
            "HELPDESK_MONGO_KEYFILE": str(self.keyfile),
            "HELPDESK_MONGO_ADMIN_URL": self.url("root", "administrators-own", "", "admin"),
            "HELPDESK_MONGO_URL_BACKUP": self.url("backup", passwords["backup"], "", "admin"),
            **{f"HELPDESK_MONGO_URL_{name.upper()}": self.url(name, passwords[name], name, name) for name in SERVICES},
        }
        hosts = ",".join(self.hosts[:members])
        command = (sys.executable, "-m", "common.databases", "provision", "--members", hosts, "--wait", "60")
        process = await asyncio.create_subprocess_exec(*command, env=environment, stdout=-1, stderr=-2)
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    def client(self, user: str, password: str, source: str) -> AsyncMongoClient[dict[str, object]]:
        return AsyncMongoClient(self.url(user, password, "", source), serverSelectionTimeoutMS=10_000)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def members(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Members]:
    directory = tmp_path_factory.mktemp("members")
    keyfile = base64.b64encode(secrets.token_bytes(48)).decode()
    servers = [
        MongoServer(directory / str(n), port=free_port(), root_password="", keyfile=keyfile, cache_gb=0.25)
        for n in range(3)
    ]
    started = []
    try:
        for number, server in enumerate(servers):
            server.write_files()
            started.append(await processes.spawn(server.command(), log=directory / f"{number}.log"))
        yield Members([f"127.0.0.1:{server.port}" for server in servers], directory / "0" / "keyfile")
    finally:
        for process in started:
            process.kill()
            await process.wait()


def passwords() -> dict[str, str]:
    return {name: secrets.token_urlsafe(12) for name in (*SERVICES, "backup")}


@pytest.mark.asyncio(loop_scope="module")
async def test_one_member_becomes_three_and_everybody_has_what_is_theirs(members: Members) -> None:
    first = passwords()
    for count in (1, 3, 3):
        status, output = await members.provision(first, members=count)
        assert status == 0, output

    async def all_three_hold_data() -> None:
        async with members.client("root", "administrators-own", "admin") as root:
            status = await root.admin.command("replSetGetStatus")
        assert sorted(each["stateStr"] for each in status["members"]) == ["PRIMARY", "SECONDARY", "SECONDARY"]

    await eventually(all_three_hold_data, within=60, every=0.5)
    async with members.client("auth", first["auth"], "auth") as auth:
        await auth.auth.things.insert_one({"mine": True})
        with pytest.raises(OperationFailure, match="not authorized"):
            await auth.tickets.things.find_one()
    async with members.client("backup", first["backup"], "admin") as backup:
        assert await backup.auth.things.count_documents({}) == 1
        with pytest.raises(OperationFailure, match="not authorized"):
            await backup.auth.things.insert_one({})

    second = passwords()
    status, output = await members.provision(second)
    assert status == 0, output
    assert not any(word in output for word in (*first.values(), *second.values(), "administrators-own"))
    async with members.client("auth", second["auth"], "auth") as auth:
        assert await auth.auth.things.count_documents({}) == 1
    async with members.client("auth", first["auth"], "auth") as auth:
        with pytest.raises(OperationFailure, match="Authentication failed"):
            await auth.auth.things.find_one()


@pytest.mark.asyncio(loop_scope="module")
async def test_the_job_says_in_one_sentence_what_it_lacks() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "common.databases", "provision", env={"PATH": os.environ["PATH"]}, stdout=-1, stderr=-2
    )
    output, _ = await process.communicate()
    assert process.returncode == 1
    assert output.decode().strip() == "set HELPDESK_MONGO_ADMIN_URL"
