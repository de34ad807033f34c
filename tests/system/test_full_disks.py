"""The disks of NATS and MongoDB are filled and get space again, under the supervisor and the probes of the manifests.

A disk is a small tmpfs, which only root can mount. Skipped without.
"""

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from nats.errors import Error as NatsError

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
from stack.topology import Stack, assemble
from tests.support.eventually import eventually
from tests.support.manifests import container_of, exec_probe

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a tmpfs")

NETCAT = """\
import socket, sys
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(sys.stdin.buffer.read())
while received := connection.recv(65536):
    sys.stdout.buffer.write(received)
"""


class SmallDisk:
    def __init__(self, path: Path, megabytes: int) -> None:
        self.path = path
        self._bytes = megabytes * 1024**2
        path.mkdir(parents=True)
        self._run("mount", "-t", "tmpfs", "-o", f"size={self._bytes}", "tmpfs", str(path))

    def fill(self) -> None:
        """Leaves no space."""
        self._resize(shutil.disk_usage(self.path).used)

    def free(self) -> None:
        self._resize(self._bytes)

    def unmount(self) -> None:
        self._run("umount", str(self.path))

    def _resize(self, size: int) -> None:
        self._run("mount", "-o", f"remount,size={size}", str(self.path))

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    (tmp_path / "data" / "logs").mkdir(parents=True)
    options = Options(data=tmp_path / "data", http_port=free_range(SPAN), servers_only=True)
    return assemble(options, Paths(options.data), secrets.generate())


@pytest.fixture
def nats_disk(stack: Stack) -> Iterator[SmallDisk]:
    disk = SmallDisk(stack.paths.directory("nats"), 32)
    yield disk
    disk.unmount()


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


async def test_after_its_disk_was_full_nats_takes_events_again_and_has_lost_none(
    stack: Stack, nats_disk: SmallDisk
) -> None:
    async with supervised(stack, "nats") as runner, broker_of(stack, "provisioner") as provisioner:
        await provision(provisioner.jetstream)
        async with broker_of(stack, "tickets") as tickets:
            for number in range(20):
                await publish(tickets, number)
            nats_disk.fill()
            with pytest.raises(AssertionError, match="not published"):
                await publish(tickets, 20)
            pid = runner.pid
            nats_disk.free()

            async def goes_on() -> None:
                await publish(tickets, 20)

            await eventually(goes_on, within=60, every=0.2)
            assert (await tickets.jetstream.stream_info("TICKETS")).state.messages == 21
        assert runner.pid != pid


async def test_nats_is_restarted_when_its_disk_has_space_and_not_before(
    stack: Stack, nats_disk: SmallDisk, tmp_path: Path
) -> None:
    documents = build("production")
    container = container_of(documents, "nats", "nats")
    netcat = tmp_path / "nc"
    netcat.write_text(f"#!{sys.executable}\n{NETCAT}")
    netcat.chmod(0o700)
    environment = os.environ | {"PATH": f"{os.environ['PATH']}:{tmp_path}"}

    async def passes() -> bool:
        replaced = {"8222": str(stack.nats.monitor_port), "/data": str(nats_disk.path), "/etc/nats": str(tmp_path)}
        command = exec_probe(documents, container, "liveness", replaced)
        child = await asyncio.create_subprocess_exec(*command, env=environment)
        in_cluster = await asyncio.wait_for(child.wait(), 20) == 0
        assert in_cluster is (await stack.nats.find_stuck() is None)
        return in_cluster

    async with unsupervised(stack.nats, stack.paths.log_file("nats")), broker_of(stack, "provisioner") as provisioner:
        await provision(provisioner.jetstream)
        async with broker_of(stack, "tickets") as tickets:
            await publish(tickets, 0)
            assert await passes()
            nats_disk.fill()
            with pytest.raises(AssertionError, match="not published"):
                await publish(tickets, 1)
            assert await passes()
            nats_disk.free()
            with pytest.raises(AssertionError, match="not published"):
                await publish(tickets, 1)
            assert not await passes()


@asynccontextmanager
async def unsupervised(server: NatsServer, log: Path) -> AsyncIterator[None]:
    server.write_files()
    process = await processes.spawn(server.command(), log=log)
    try:
        await asyncio.wait_for(server.wait_ready(), 60)
        yield
    finally:
        await process.stop(signal.SIGTERM, 20)
