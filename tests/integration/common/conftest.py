"""A database with what every service has, and connections to NATS."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import pytest
import pytest_asyncio
from beanie import init_beanie

from common import lifecycle, mongo
from common.messaging import heartbeat, provision
from common.messaging.broker import Broker
from common.mongo import Database
from tests.support.sample_aggregate import Sample
from tests.support.servers import Servers
from tests.support.services import Installation


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def prepared_url(servers: Servers) -> str:
    """Of a database with its collections and indexes. Making them anew for each test would take most of its time."""
    url = servers.database_url(f"common_{os.getpid()}")
    async with mongo.connect(url, name="prepare", seconds=30) as client:
        await mongo.prepare(mongo.database(client), [Sample], lifecycle.INDEXES)
    return url


@pytest.fixture
async def db(prepared_url: str) -> AsyncIterator[Database]:
    """As a service finds it when it was prepared: nothing in it yet. Samples are its only documents."""
    async with mongo.connect(prepared_url, name="test", seconds=30) as client:
        database = mongo.database(client)
        await asyncio.gather(*(database[name].delete_many({}) for name in [*lifecycle.INDEXES, "samples"]))
        await init_beanie(database=database, document_models=[Sample], skip_indexes=True)
        yield database


@dataclass(frozen=True)
class Brokers:
    """Connections, each with what its service may do: auth says, tickets hears."""

    auth: Broker
    tickets: Broker
    provisioner: Broker


@pytest.fixture
async def brokers(installation: Installation) -> AsyncIterator[Brokers]:
    """To a NATS account of this test alone, provisioned."""
    async with AsyncExitStack() as stack:
        auth, tickets, provisioner = [
            await stack.enter_async_context(installation.connected(user)) for user in ("auth", "tickets", "provisioner")
        ]
        yield Brokers(auth, tickets, provisioner)


@pytest.fixture
async def second(installation: Installation) -> AsyncIterator[Broker]:
    """Another replica's connection."""
    async with installation.connected("tickets") as broker:
        yield broker


@pytest.fixture
async def short_ack_wait(brokers: Brokers, monkeypatch: pytest.MonkeyPatch) -> float:
    """How long, in seconds, JetStream now waits for a replica that says nothing."""
    for module in (heartbeat, provision):
        monkeypatch.setattr(module, "ACK_WAIT_SECONDS", 1)
    await provision.provision(brokers.provisioner.jetstream)
    return 1.0
