"""The init container and the probes of the manifests, run against a real mongod in its states in a cluster."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cluster.checks.kustomize import Document, build
from stack import processes, secrets
from stack.mongo import MongoServer
from stack.ports import free_port
from stack.readiness import wait_for_port
from tests.support.eventually import eventually
from tests.support.manifests import container_of, exec_probe


@pytest.fixture(scope="module")
def documents() -> list[Document]:
    return build("production")


@pytest.fixture
def mongo(tmp_path: Path) -> MongoServer:
    made = secrets.generate()
    return MongoServer(
        tmp_path / "mongod",
        port=free_port(),
        root_password=made.mongo_root,
        keyfile=made.mongo_keyfile,
        cache_gb=0.25,
    )


@asynccontextmanager
async def running(server: MongoServer, log: Path) -> AsyncIterator[None]:
    server.write_files()
    process = await processes.spawn(server.command(), log=log)
    try:
        await asyncio.wait_for(wait_for_port(server.port), 60)
        yield
    finally:
        await process.stop(signal.SIGTERM, 20)


async def test_a_member_that_takes_itself_for_removed_is_restarted_and_no_other(
    documents: list[Document], mongo: MongoServer, tmp_path: Path
) -> None:
    container = container_of(documents, "mongo", "mongo")

    async def passes(probe: str, server: MongoServer) -> bool:
        replaced = {"27017": str(server.port), "/data/db": str(server.directory / "db"), "/probes": str(tmp_path)}
        command = exec_probe(documents, container, probe, replaced)
        child = await asyncio.create_subprocess_exec(*command)
        return await asyncio.wait_for(child.wait(), container[f"{probe}Probe"]["timeoutSeconds"]) == 0

    async with running(mongo, tmp_path / "log"):  # new, and not initiated
        assert await passes("liveness", mongo)
        assert not await passes("readiness", mongo)
        await mongo.wait_ready()
        assert await passes("readiness", mongo)
        assert await passes("liveness", mongo)
    moved = replace(mongo, port=free_port())
    async with running(moved, tmp_path / "log"):  # the configuration has another address, as DNS may give at a start

        async def is_restarted() -> None:
            assert not await passes("liveness", moved)

        await eventually(is_restarted, within=30, every=0.2)
        assert not await passes("readiness", moved)
    async with running(mongo, tmp_path / "log"):

        async def is_back() -> None:
            assert await passes("readiness", mongo)

        await eventually(is_back, within=30, every=0.2)
        assert await passes("liveness", mongo)
    assert not await passes("liveness", mongo)


async def test_a_member_starts_when_its_name_resolves_to_its_own_address(
    documents: list[Document], tmp_path: Path
) -> None:
    resolver, answer, calls = (tmp_path / name for name in ("getent", "answer", "calls"))
    resolver.write_text(f'#!/bin/sh\necho "$@" >> {calls}\ncat {answer}\n')
    resolver.chmod(0o700)
    answer.touch()
    calls.touch()
    command = container_of(documents, "mongo", "own-address")["command"]
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "POD_NAME": "mongo-1", "POD_IP": "10.1.2.3"}
    waiting = await asyncio.create_subprocess_exec(*command, env=environment)
    try:
        for outdated in ("", "10.1.2.30     STREAM mongo-1.mongo\n", "10.9.9.9       STREAM mongo-1.mongo\n"):
            answer.write_text(outdated)
            before = len(calls.read_text().splitlines())

            async def asks_again(before: int = before) -> None:
                assert len(calls.read_text().splitlines()) >= before + 2

            await eventually(asks_again, within=20)
            assert waiting.returncode is None
        answer.write_text("10.1.2.3        STREAM mongo-1.mongo\n10.1.2.3        DGRAM\n")
        assert await asyncio.wait_for(waiting.wait(), 20) == 0
        assert set(calls.read_text().splitlines()) == {"ahosts mongo-1.mongo"}
    finally:
        if waiting.returncode is None:
            waiting.kill()
            await waiting.wait()
