"""Real MongoDB and NATS servers for a test session, from the wheels or, with HELPDESK_TEST_BACKEND=containers, from
containers. Tests get the same from both and do not know which they have.

A test has a database per service and NATS accounts of its own, so tests do not see each other.
"""

import base64
import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from common.messaging.permissions import nats_users
from stack import processes
from stack.mongo import MongoServer
from stack.nats import NatsAccount, NatsServer, helpdesk_accounts
from stack.ports import free_port

INSTALLATIONS = 40
FREQUENT_EXPIRY = ("--setParameter", "ttlMonitorSleepSecs=1")
"""MongoDB looks for expired documents every second instead of every minute."""
PASSWORD = secrets.token_urlsafe(12)


@dataclass(frozen=True)
class Servers:
    """Where the session's servers are. `mongo_url` is the root user's."""

    mongo_url: str
    nats_url: str

    def client(self) -> AsyncMongoClient[dict[str, Any]]:
        """As root, with the options the services use."""
        return AsyncMongoClient(self.mongo_url, tz_aware=True, uuidRepresentation="standard")

    def database_url(self, database: str) -> str:
        """As root, with `database` as the default one."""
        return self.mongo_url.replace("/?", f"/{database}?")


def nats_accounts() -> dict[str, NatsAccount]:
    """The accounts of many installations, with the users `<service>-<n>`, `provisioner-<n>` and `backup-<n>`."""
    accounts: dict[str, NatsAccount] = {}
    for number in range(INSTALLATIONS):
        accounts |= helpdesk_accounts(dict.fromkeys(nats_users(), PASSWORD), suffix=f"-{number}")
    return accounts


@asynccontextmanager
async def running_servers(directory: Path) -> AsyncIterator[Servers]:
    """Both servers, as the environment says: `wheels` (default) or `containers`."""
    backend = os.environ.get("HELPDESK_TEST_BACKEND", "wheels")
    if backend == "wheels":
        async with _from_wheels(directory) as servers:
            yield servers
    elif backend == "containers":
        from tests.support.containers import from_containers

        async with from_containers() as servers:
            yield servers
    else:
        raise ValueError(f"HELPDESK_TEST_BACKEND is 'wheels' or 'containers', not '{backend}'")


def mongo_server(directory: Path, users: dict[str, str] | None = None) -> MongoServer:
    """A small mongod on a free port, not started."""
    return MongoServer(
        directory / "mongo",
        port=free_port(),
        root_password=PASSWORD,
        keyfile=base64.b64encode(secrets.token_bytes(48)).decode(),
        users=users or {},
        cache_gb=0.25,
    )


def nats_server(directory: Path) -> NatsServer:
    """A nats-server with the accounts of each test on a free port, not started."""
    return NatsServer(
        directory / "nats",
        port=free_port(),
        monitor_port=free_port(),
        accounts=nats_accounts(),
        max_file_bytes=1024**4,  # every installation has all streams
    )


@asynccontextmanager
async def _from_wheels(directory: Path) -> AsyncIterator[Servers]:
    mongo, nats = mongo_server(directory), nats_server(directory)
    started = []
    try:
        for name, server, options in (("mongod", mongo, FREQUENT_EXPIRY), ("nats", nats, ())):
            server.write_files()
            started.append(await processes.spawn([*server.command(), *options], log=directory / f"{name}.log"))
        await mongo.wait_ready()
        await nats.wait_ready()
        yield Servers(mongo.url, nats.url)
    finally:
        for process in started:
            process.kill()
            await process.wait()
