"""The disks of NATS and MongoDB are filled and get space again, under the supervisor and the probes of the manifests.

A disk is a small tmpfs, which only root can mount. For others, a limit of file size makes a process's writes fail.
"""

import asyncio
import os
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any, Protocol

import pytest
from nats.errors import Error as NatsError
from pymongo import AsyncMongoClient
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import PyMongoError

from cluster.checks.kustomize import build
from common.errors import Unavailable
from common.messaging.broker import Broker
from common.messaging.provision import provision
from stack import processes, secrets
from stack.component_runner import ComponentRunner
from stack.console import Console
from stack.nats import NatsServer
from stack.options import Options
from stack.paths import Paths
from stack.ports import SPAN, free_range
from stack.processes import Process
from stack.topology import Stack, assemble
from tests.support.eventually import eventually
from tests.support.manifests import container_of, exec_probe

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a tmpfs")

IMPATIENT: dict[str, Any] = {"serverSelectionTimeoutMS": 1000, "socketTimeoutMS": 5000, "retryWrites": False}

NETCAT = """\
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(sys.stdin.buffer.read())
while received := connection.recv(65536):
    sys.stdout.buffer.write(received)
"""


class Disk(Protocol):
    def fill(self, pid: int) -> None:
        """From now on each write of the process fails."""

    def free(self) -> None: ...


class SmallDisk:
    """A tmpfs, which another file fills."""

    def __init__(self, path: Path, megabytes: int) -> None:
        self.path = path
        self._ballast = path / "ballast"
        path.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path], check=True)

    def fill(self, pid: int) -> None:
        with suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            while True:
                ballast.write(bytes(4096))

    def free(self) -> None:
        self._ballast.unlink()

    def unmount(self) -> None:
        subprocess.run(["umount", self.path], check=True)


class FileSizeLimit:
    """Of one process. It ends with that, so it cannot be lifted."""

    def fill(self, pid: int) -> None:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))

    def free(self) -> None: ...


DiskOf = Callable[[str, int], AbstractContextManager[Disk]]


def _thing() -> dict[str, Any]:
    """A document that does not compress."""
    return {"content": os.urandom(1_000_000)}


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    (tmp_path / "data" / "logs").mkdir(parents=True)
    options = Options(data=tmp_path / "data", http_port=free_range(SPAN), servers_only=True)
    return assemble(options, Paths(options.data), secrets.generate())


@contextmanager
def mounted(path: Path, megabytes: int) -> Iterator[SmallDisk]:
    disk = SmallDisk(path, megabytes)
    try:
        yield disk
    finally:
        disk.unmount()


@pytest.fixture(params=[pytest.param("tmpfs", marks=needs_root), "limit"])
def disk_of(request: pytest.FixtureRequest, stack: Stack) -> DiskOf:
    """Of a component, with a size in megabytes."""

    def disk(component: str, megabytes: int) -> AbstractContextManager[Disk]:
        if request.param == "limit":
            return nullcontext(FileSizeLimit())
        return mounted(stack.paths.directory(component), megabytes)

    return disk


@pytest.fixture
def small_nats_disk(stack: Stack) -> Iterator[SmallDisk]:
    with mounted(stack.paths.directory("nats"), 32) as disk:
        yield disk


@asynccontextmanager
async def supervised(stack: Stack, name: str) -> AsyncIterator[ComponentRunner]:
    component = next(each for each in stack.topology().components if each.name == name)
    runner = ComponentRunner(component, log=stack.paths.log_file(name), console=Console(), changed=lambda: None)
    runner.start()
    try:
        await runner.wait_until_ready()
        yield runner
    finally:
        await runner.stop()


def pid_of(runner: ComponentRunner) -> int:
    assert runner.pid is not None
    return runner.pid


@asynccontextmanager
async def broker_of(stack: Stack, user: str) -> AsyncIterator[Broker]:
    password = stack.environments.secrets.nats[user]
    broker = Broker(stack.nats.url, user, password, name="test", request_seconds=0.5)
    try:
        await asyncio.wait_for(broker.connect(), 20)
        yield broker
    finally:
        await broker.close()


async def publish(broker: Broker, number: int) -> None:
    """As the relay does: with an id that makes a repetition harmless. Raises AssertionError if NATS did not take it."""
    try:
        subject, headers = "tickets.thing.done.v1.x.y", {"Nats-Msg-Id": str(number)}
        await broker.jetstream.publish(subject, bytes(100_000), headers=headers)
    except (NatsError, TimeoutError, Unavailable) as error:
        raise AssertionError(f"not published: {error!r}") from error


async def test_after_its_disk_was_full_nats_takes_events_again_and_has_lost_none(stack: Stack, disk_of: DiskOf) -> None:
    with disk_of("nats", 32) as disk:
        async with supervised(stack, "nats") as runner, broker_of(stack, "provisioner") as provisioner:
            await provision(provisioner.jetstream)
            async with broker_of(stack, "tickets") as tickets:
                for number in range(20):
                    await publish(tickets, number)
                pid = pid_of(runner)
                disk.fill(pid)
                with pytest.raises(AssertionError, match="not published"):
                    await publish(tickets, 20)
                disk.free()

                async def goes_on() -> None:
                    await publish(tickets, 20)

                await eventually(goes_on, every=0.2)
                assert (await tickets.jetstream.stream_info("TICKETS")).state.messages == 21
            assert runner.pid != pid


async def test_after_its_disk_was_full_mongodb_writes_again_and_has_lost_nothing(stack: Stack, disk_of: DiskOf) -> None:
    with disk_of("mongod", 512) as disk:
        async with supervised(stack, "mongod") as runner, AsyncMongoClient(stack.mongo.url, **IMPATIENT) as client:
            things: AsyncCollection[dict[str, Any]] = client["tickets"]["things"]
            acknowledged = [(await things.insert_one(_thing())).inserted_id for _ in range(20)]
            pid = pid_of(runner)
            disk.fill(pid)

            async def write_until_it_fails() -> None:
                while True:
                    acknowledged.append((await things.insert_one(_thing())).inserted_id)
                    await client.admin.command("fsync")

            with pytest.raises(PyMongoError):
                await asyncio.wait_for(write_until_it_fails(), 60)
            disk.free()

            async def goes_on() -> None:
                try:
                    acknowledged.append((await things.insert_one(_thing())).inserted_id)
                except PyMongoError as error:
                    raise AssertionError(f"not written: {error!r}") from error

            await eventually(goes_on, every=0.2)
            assert {each["_id"] async for each in things.find({}, {"_id": 1})} >= set(acknowledged)
        assert runner.pid != pid


@needs_root
async def test_nats_is_restarted_when_its_disk_has_space_and_not_before(
    stack: Stack, small_nats_disk: SmallDisk, tmp_path: Path
) -> None:
    documents = build("production")
    container = container_of(documents, "nats", "nats")
    netcat = tmp_path / "nc"
    netcat.write_text(f"#!{sys.executable}\n{NETCAT}")
    netcat.chmod(0o700)
    environment = os.environ | {"PATH": f"{os.environ['PATH']}:{tmp_path}"}

    async def passes() -> bool:
        replaced = {
            "8222": str(stack.nats.monitor_port),
            "/data": str(small_nats_disk.path),
            "/etc/nats": str(tmp_path),
        }
        command = exec_probe(documents, container, "liveness", replaced)
        child = await asyncio.create_subprocess_exec(*command, env=environment)
        in_cluster = await asyncio.wait_for(child.wait(), 20) == 0
        assert in_cluster is (await stack.nats.find_stuck() is None)
        return in_cluster

    log = stack.paths.log_file("nats")
    async with unsupervised(stack.nats, log) as process, broker_of(stack, "provisioner") as provisioner:
        await provision(provisioner.jetstream)
        async with broker_of(stack, "tickets") as tickets:
            await publish(tickets, 0)
            assert await passes()
            small_nats_disk.fill(process.pid)
            with pytest.raises(AssertionError, match="not published"):
                await publish(tickets, 1)
            assert await passes()
            small_nats_disk.free()
            with pytest.raises(AssertionError, match="not published"):
                await publish(tickets, 1)
            assert not await passes()


@asynccontextmanager
async def unsupervised(server: NatsServer, log: Path) -> AsyncIterator[Process]:
    server.write_files()
    process = await processes.spawn(server.command(), log=log)
    try:
        await asyncio.wait_for(server.wait_ready(), 60)
        yield process
    finally:
        await process.stop(signal.SIGTERM, 20)
