"""Services that run inside the test, wired by their own composition roots, without an HTTP server."""

import base64
import itertools
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import httpx
from fastapi import FastAPI
from pydantic import SecretStr

from auth.settings import AuthSettings
from common.lifecycle import Role, Service, ServiceRunner
from common.messaging.broker import Broker
from common.messaging.provision import provision
from common.mongo import Database
from common.secret_links import public_key_of
from common.services import SERVICES
from common.settings import Settings
from mailer.settings import MailerSettings
from notifications.settings import NotificationsSettings
from tests.support.eventually import eventually
from tests.support.servers import INSTALLATIONS, PASSWORD, Servers
from tickets.settings import TicketsSettings


def random_key() -> SecretStr:
    """32 bytes in base64url: a Fernet key, or a private key for links."""
    return SecretStr(base64.urlsafe_b64encode(secrets.token_bytes(32)).decode())


MASTER_KEY, LINK_KEY, UNSUBSCRIBE_KEY = random_key(), random_key(), random_key()
LINK_PUBLIC_KEY = public_key_of(LINK_KEY.get_secret_value())

OWN_SETTINGS: dict[str, tuple[type[Settings], dict[str, Any]]] = {
    "auth": (AuthSettings, {"master_key": MASTER_KEY, "link_public_key": LINK_PUBLIC_KEY}),
    "tickets": (TicketsSettings, {}),
    "notifications": (NotificationsSettings, {"unsubscribe_keys": [UNSUBSCRIBE_KEY]}),
    "mailer": (
        MailerSettings,
        {"mail_from": "Helpdesk <support@helpdesk.example>", "link_private_keys": [LINK_KEY], "smtp_tls": "none"},
    ),
}
"""Of the services that need more than the common settings: the class, and values for what has no default."""

_numbers = itertools.count()


@dataclass(frozen=True)
class Installation:
    """Databases and NATS accounts that no other test uses."""

    servers: Servers
    number: int
    name: str

    def settings(self, service: str, role: Role = "all", **changes: Any) -> Settings:
        common: dict[str, Any] = {
            "environment": "test",
            "mongo_url": SecretStr(self.servers.database_url(self.database(service))),
            "nats_url": self.servers.nats_url,
            "nats_user": f"{service}-{self.number}",
            "nats_password": SecretStr(PASSWORD),
            "retry_delays": [0.02, 0.05, 0.1],
            "lease_seconds": 1,
            "database_seconds": 15,  # a busy machine is no outage
            **changes,
        }
        settings, own = OWN_SETTINGS.get(service, (Settings, {}))
        if (service, role) == ("mailer", "api"):
            settings, own = Settings, {}
        return settings(**{**own, **common})

    def database(self, service: str) -> str:
        return f"{self.name}_{service}"

    def broker(self, user: str, *, request_seconds: float = 15) -> Broker:
        """Not connected."""
        own = f"{user}-{self.number}"
        return Broker(self.servers.nats_url, own, PASSWORD, name=f"test {user}", request_seconds=request_seconds)

    @asynccontextmanager
    async def connected(self, user: str, *, request_seconds: float = 15) -> AsyncIterator[Broker]:
        broker = self.broker(user, request_seconds=request_seconds)
        await broker.connect()
        try:
            yield broker
        finally:
            await broker.close()

    async def provision(self) -> None:
        """An empty account, provisioned anew."""
        async with self.connected("provisioner") as broker:
            for stream in await broker.jetstream.streams_info():
                await broker.jetstream.delete_stream(stream.config.name or "")
            await provision(broker.jetstream)

    async def delete_data(self) -> None:
        """Empties every collection; drops those that would take longer to empty."""
        async with self.servers.client() as client:
            names = await client.list_database_names()
            for database in (client[name] for name in names if name.startswith(f"{self.name}_")):
                for name in await database.list_collection_names(filter={"name": {"$not": {"$regex": "^system"}}}):
                    if await database[name].estimated_document_count() > 10_000:
                        await database.drop_collection(name)
                    else:
                        await database[name].delete_many({})

    @asynccontextmanager
    async def run(self, service: str, role: Role = "all", **changes: Any) -> AsyncIterator["RunningService"]:
        """A service with its relay and consumers, and an HTTP client that calls it directly."""
        built = build(service, self.settings(service, role, **changes))
        running = ServiceRunner(built, role)
        running.start()
        transport = httpx.ASGITransport(app=running.app, raise_app_exceptions=False)
        try:
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                started = RunningService(built, client, running.app)
                await eventually(started.is_prepared)
                yield started
        finally:
            await running.stop()


_idle: list[Installation] = []


@asynccontextmanager
async def new_installation(servers: Servers) -> AsyncIterator[Installation]:
    """Without data, and provisioned. Databases are reused after a test that passed: creating collections and indexes
    takes most of the time in which a service starts."""
    if _idle:
        installation = _idle.pop()
    else:
        number = next(_numbers)
        installation = Installation(servers, number % INSTALLATIONS, name=f"test{number}")
    await installation.provision()
    yield installation
    await installation.delete_data()
    _idle.append(installation)


@dataclass(frozen=True)
class RunningService:
    """`http` calls the routes of `app` without a server."""

    service: Service
    http: httpx.AsyncClient
    app: FastAPI

    @property
    def db(self) -> Database:
        return self.service.db

    async def is_prepared(self) -> None:
        """Raises AssertionError until collections and indexes are in place."""
        health = (await self.http.get("/readyz")).json()
        assert health["checks"]["database"] == "ok", health

    async def is_ready(self) -> None:
        """Raises AssertionError until /readyz succeeds."""
        answer = await self.http.get("/readyz")
        assert answer.status_code == 200, answer.text


# Imported before any service runs: Beanie changes `Aggregate` when it starts, and breaks subclasses defined after that.
_BUILD: dict[str, Callable[[Any], Service]] = {name: import_module(f"{name}.app").build for name in SERVICES}


def build(service: str, settings: Settings) -> Service:
    """Calls the service's composition root."""
    return _BUILD[service](settings)
