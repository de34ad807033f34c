"""The servers of `HELPDESK_TEST_BACKEND=containers`: Docker runs them, testcontainers starts and removes them.

HELPDESK_TEST_MONGO_IMAGE     default mongo:8; any image with a `mongod`
HELPDESK_TEST_NATS_IMAGE      default nats:2.12-alpine; any image whose entrypoint is a nats-server
HELPDESK_TEST_DOCKER_NETWORK  unset: the ports are published. `host` or `container:NAME`: the servers share that one,
                              for a Docker that cannot publish ports, or tests that run in a container too
TESTCONTAINERS_RYUK_DISABLED  `true`: no Ryuk, the container that removes what a killed test run leaves behind. Needed
                              where its image cannot be pulled

Docker must run on this machine. Where no image can be pulled `infra/docker/test-images/build.sh` makes both. Only the
session's servers are containers: a test that restarts a server of its own runs it from the installed packages.
"""

import asyncio
import base64
import json
import os
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from stack.mongo import REPLICA_SET, MongoServer
from stack.nats import NatsServer
from stack.ports import free_port
from tests.support.servers import FREQUENT_EXPIRY, PASSWORD, Servers, nats_server

START_SECONDS = 60
_LOOPBACK = "127.0.0.1"
_NETWORK = os.environ.get("HELPDESK_TEST_DOCKER_NETWORK")
_LISTEN = _LOOPBACK if _NETWORK else "0.0.0.0"  # noqa: S104 - published ports do not arrive at the loopback interface
_DATA = Path("/data")
_KEYFILE, _CONFIGURATION = "/data/keyfile", "/data/nats-server.json"


HINT = """HELPDESK_TEST_BACKEND=containers needs Docker on this machine. Where it cannot pull images, make some with
infra/docker/test-images/build.sh, name them in HELPDESK_TEST_MONGO_IMAGE and HELPDESK_TEST_NATS_IMAGE, and set
TESTCONTAINERS_RYUK_DISABLED=true."""


class _MongoInContainer(MongoServer):
    """Its clients are remote, so the localhost exception does not apply to them."""

    def _client(self, *, authenticated: bool) -> AsyncMongoClient[dict[str, Any]]:
        if authenticated:
            return super()._client(authenticated=True)
        # The key file authenticates as a member of the set, which may do everything.
        member = {"username": "__system", "password": self.keyfile, "authSource": "local"}
        timeouts = {"serverSelectionTimeoutMS": 1000, "socketTimeoutMS": 20000}
        options: dict[str, Any] = {**member, **timeouts, "authMechanism": "SCRAM-SHA-256", "directConnection": True}
        return AsyncMongoClient(_LOOPBACK, self.port, **options)


@asynccontextmanager
async def from_containers() -> AsyncIterator[Servers]:
    """Both servers, removed after the block."""
    mongo = _MongoInContainer(_DATA, free_port(), PASSWORD, base64.b64encode(secrets.token_bytes(48)).decode())
    nats = nats_server(_DATA)
    mongod = ["--dbpath", "/data/db", "--port", str(mongo.port), "--bind_ip", _LISTEN, "--replSet", REPLICA_SET]
    mongod += ["--keyFile", _KEYFILE, "--wiredTigerCacheSizeGB", "0.25", "--nounixsocket", "--quiet"]
    mongod += ["--setParameter", "diagnosticDataCollectionEnabled=false", *FREQUENT_EXPIRY]
    addresses = {"listen": f"{_LISTEN}:{nats.port}", "http": f"{_LISTEN}:{nats.monitor_port}"}
    configuration = json.dumps(nats.configuration() | addresses)
    async with (
        _running(
            mongo,
            os.environ.get("HELPDESK_TEST_MONGO_IMAGE", "mongo:8"),
            mongod,
            ports=[mongo.port],
            files={_KEYFILE: mongo.keyfile},
            listens="Waiting for connections",
            # Not the image's own entrypoint, which changes to a user who may not read the key file.
            entrypoint=["mongod"],
        ),
        _running(
            nats,
            os.environ.get("HELPDESK_TEST_NATS_IMAGE", "nats:2.12-alpine"),
            ["--config", _CONFIGURATION],
            ports=[nats.port, nats.monitor_port],
            files={_CONFIGURATION: configuration},
            listens="Server is ready",
        ),
    ):
        yield Servers(mongo.url, nats.url)


@asynccontextmanager
async def _running(
    server: MongoServer | NatsServer, image: str, command: Sequence[str], *, listens: str, **options: Any
) -> AsyncIterator[None]:
    container = None
    try:
        try:
            container = _container(image, command, listens, **options)
            await asyncio.to_thread(container.start)
            async with asyncio.timeout(START_SECONDS):
                await server.wait_ready()
        except Exception as error:
            error.add_note(HINT)
            raise
        yield
    finally:
        if container is not None:
            await asyncio.to_thread(container.stop)


def _container(
    image: str, command: Sequence[str], listens: str, *, ports: Sequence[int], files: Mapping[str, str], **options: Any
) -> DockerContainer:
    """Not started. `listens` is what the server logs when it accepts connections; a published port accepts them before
    that, and drops them. Ports are the same inside and outside, so a server's own address is right for both."""
    container = DockerContainer(image)
    strategy = LogMessageWaitStrategy(listens).with_startup_timeout(START_SECONDS).with_poll_interval(0.1)
    container.waiting_for(strategy).with_command(list(command))
    for path, text in files.items():
        container.with_copy_into_container(text.encode(), path, mode=0o400)
    if _NETWORK:
        options["network_mode"] = _NETWORK
    for port in () if _NETWORK else ports:
        # Docker takes an address too, and without one it publishes to the whole network.
        container.ports[str(port)] = (_LOOPBACK, port)  # type: ignore[assignment]
    return container.with_kwargs(user="0", **options)
