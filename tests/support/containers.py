"""The servers of `HELPDESK_TEST_BACKEND=containers`: Docker runs them, testcontainers starts and removes them.

HELPDESK_TEST_MONGO_IMAGE     default mongo:8; any image with a `mongod`
HELPDESK_TEST_NATS_IMAGE      default nats:2.12-alpine; any image that begins a nats-server
HELPDESK_TEST_DOCKER_NETWORK  unset: the ports are published. `host` or `container:NAME`: the servers share the network
                              of the tests, for a Docker that cannot publish, or tests that are in a container too
TESTCONTAINERS_RYUK_DISABLED  `true`: no Ryuk, the container that removes what a killed test run leaves behind. Needed
                              where its image cannot be pulled

Docker must be on this machine. Where no image can be pulled `infra/docker/test-images/build.sh` makes both.

Only the session's servers are containers. A test that stops and starts a server of its own (tests/support/switch.py),
or a whole stack, has it from the installed packages all the same.
"""

import asyncio
import base64
import json
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docker.errors import APIError, DockerException  # type: ignore[import-untyped]
from pymongo import AsyncMongoClient
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from stack.mongo import REPLICA_SET, MongoServer
from stack.nats import NatsServer
from stack.ports import free_port
from tests.support.servers import PASSWORD, Servers, nats_server

START_SECONDS = 60
"""From a container's start to its server's first answer."""

_LOOPBACK = "127.0.0.1"
_NETWORK = os.environ.get("HELPDESK_TEST_DOCKER_NETWORK")
_LISTEN = _LOOPBACK if _NETWORK else "0.0.0.0"  # noqa: S104 - what is published does not arrive at the loopback
_DATA = Path("/data")
_KEYFILE = "/data/keyfile"
_CONFIGURATION = "/data/nats-server.json"


class ContainerError(Exception):
    """Why there is no server, in words for a person."""


@dataclass(frozen=True)
class _Plan:
    """A container to be. A port has the same number inside and outside, so a server's own address is right for both."""

    image: str
    ports: Sequence[int]
    files: Mapping[str, str]
    command: Sequence[str]
    says_when_it_listens: str
    """A published port takes connections before that, and drops them."""
    wait_ready: Callable[[], Awaitable[None]]
    options: Mapping[str, Any] = field(default_factory=dict)


@asynccontextmanager
async def from_containers() -> AsyncIterator[Servers]:
    """Both servers, gone after the block. Raises ContainerError."""
    mongo, nats = _mongo_server(), nats_server(_DATA)
    async with _running(_mongo_plan(mongo)), _running(_nats_plan(nats)):
        yield Servers(mongo.url, nats.url)


class _MongoInContainer(MongoServer):
    """To it we come from elsewhere, so there is no exception for localhost to make its first user by."""

    def _client(self, *, authenticated: bool) -> AsyncMongoClient[dict[str, Any]]:
        if authenticated:
            return super()._client(authenticated=True)
        # Who knows the key file may do what the members of the set may do to each other: everything.
        return AsyncMongoClient(
            _LOOPBACK,
            self.port,
            username="__system",
            password=self.keyfile,
            authSource="local",
            authMechanism="SCRAM-SHA-256",
            directConnection=True,
            serverSelectionTimeoutMS=1000,
            socketTimeoutMS=20000,
        )


def _mongo_server() -> MongoServer:
    keyfile = base64.b64encode(secrets.token_bytes(48)).decode()
    return _MongoInContainer(_DATA, free_port(), PASSWORD, keyfile)


def _mongo_plan(server: MongoServer) -> _Plan:
    return _Plan(
        image=os.environ.get("HELPDESK_TEST_MONGO_IMAGE", "mongo:8"),
        ports=[server.port],
        files={_KEYFILE: server.keyfile},
        command=[
            *("--dbpath", "/data/db"),
            *("--port", str(server.port)),
            *("--bind_ip", _LISTEN),
            *("--replSet", REPLICA_SET),
            *("--keyFile", _KEYFILE),
            *("--wiredTigerCacheSizeGB", "0.25"),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            "--nounixsocket",
            "--quiet",
        ],
        says_when_it_listens="Waiting for connections",
        wait_ready=server.wait_ready,
        # Not the image's own beginning, which changes to a user who may not read the key file.
        options={"entrypoint": ["mongod"], "user": "0"},
    )


def _nats_plan(server: NatsServer) -> _Plan:
    configuration = server.configuration() | {
        "listen": f"{_LISTEN}:{server.port}",
        "http": f"{_LISTEN}:{server.monitor_port}",
    }
    return _Plan(
        image=os.environ.get("HELPDESK_TEST_NATS_IMAGE", "nats:2.12-alpine"),
        ports=[server.port, server.monitor_port],
        files={_CONFIGURATION: json.dumps(configuration)},
        command=["--config", _CONFIGURATION],
        says_when_it_listens="Server is ready",
        wait_ready=server.wait_ready,
        options={"user": "0"},
    )


@asynccontextmanager
async def _running(plan: _Plan) -> AsyncIterator[None]:
    """Started and ready; removed with its data after the block."""
    container = await asyncio.to_thread(_container, plan)
    try:
        try:
            await asyncio.to_thread(container.start)
            async with asyncio.timeout(START_SECONDS):
                await plan.wait_ready()
        except APIError as error:
            raise ContainerError(_not_started(plan.image, error)) from error
        except (RuntimeError, TimeoutError) as error:
            log = await asyncio.to_thread(_log_of, container)
            raise ContainerError(f"{plan.image} ended or gave no answer. Its log ends so:\n{log}") from error
        yield
    finally:
        await asyncio.to_thread(container.stop)


def _container(plan: _Plan) -> DockerContainer:
    """Not started. Raises ContainerError if there is no Docker."""
    try:
        container = DockerContainer(plan.image)
    except DockerException as error:
        raise ContainerError(
            "HELPDESK_TEST_BACKEND=containers needs Docker, and none answers here: start it, or leave the variable out "
            f"to test with the installed servers. ({error})"
        ) from error
    listens = LogMessageWaitStrategy(plan.says_when_it_listens)
    container.waiting_for(listens.with_startup_timeout(START_SECONDS).with_poll_interval(0.1))
    container.with_command(list(plan.command))
    for path, text in plan.files.items():
        container.with_copy_into_container(text.encode(), path, mode=0o400)
    if _NETWORK:
        return container.with_kwargs(**plan.options, network_mode=_NETWORK)
    for port in plan.ports:
        # Docker takes an address too, and without one it would publish to the whole network.
        container.ports[str(port)] = (_LOOPBACK, port)  # type: ignore[assignment]
    return container.with_kwargs(**plan.options)


def _not_started(image: str, error: APIError) -> str:
    return (
        f"Docker does not run {image}: {error.explanation}\n"
        "If it cannot pull images here, make some with infra/docker/test-images/build.sh, name them in "
        "HELPDESK_TEST_MONGO_IMAGE and HELPDESK_TEST_NATS_IMAGE, and set TESTCONTAINERS_RYUK_DISABLED=true."
    )


def _log_of(container: DockerContainer) -> str:
    """Its last lines."""
    return b"".join(container.get_logs()).decode(errors="replace")[-2000:]
