"""A real mongod as a one-node replica set with authentication; usable alone, for example by test fixtures.

server = MongoServer(directory, port=free_port(), root_password=..., keyfile=..., users={"tickets": ...})
server.write_files()
process = await processes.spawn(server.command(), log=...)
await server.wait_ready()       # it answers and is initialised: primary, root and users exist
AsyncMongoClient(server.url)    # as root; server.url_of("tickets") is that service's URL
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pymongo import AsyncMongoClient
from pymongo.errors import OperationFailure, PyMongoError

from common import rate_limits
from stack import binaries
from stack.errors import WrongSecrets
from stack.readiness import wait_for_port, wait_until
from stack.secrets import write_private

REPLICA_SET = "rs0"
ROOT = "root"

_AUTHENTICATION_FAILED = 18
_ALREADY_INITIATED = 23
_USER_EXISTS = 51003
_UNAUTHORIZED = 13


@dataclass(frozen=True)
class MongoServer:
    directory: Path
    port: int
    root_password: str
    keyfile: str
    """Shared key of the members, base64, 6 to 1024 characters."""
    users: Mapping[str, str] = field(default_factory=dict)
    """User -> password. Each may read and write the database of its own name, where it is also defined."""
    cache_gb: float = 0.5
    binary_cache: Path | None = None

    @property
    def url(self) -> str:
        """As root, for people and tests."""
        return f"mongodb://{ROOT}:{quote(self.root_password)}@{self._member}/?replicaSet={REPLICA_SET}&authSource=admin"

    def url_of(self, user: str) -> str:
        password = quote(self.users[user])
        return f"mongodb://{user}:{password}@{self._member}/{user}?replicaSet={REPLICA_SET}&authSource={user}"

    def command(self) -> list[str]:
        return [
            *binaries.mongod(self.binary_cache),
            *("--dbpath", str(self._database)),
            *("--port", str(self.port)),
            *("--bind_ip", "127.0.0.1"),
            *("--replSet", REPLICA_SET),
            *("--keyFile", str(self._keyfile)),
            *("--wiredTigerCacheSizeGB", str(self.cache_gb)),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
            # A single member has no successor to wait for when it stops.
            *("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"),
            # A killed service leaves its transaction open, and a retry of its work waits until the server aborts that:
            # after a minute, by default.
            *("--setParameter", "transactionLifetimeLimitSeconds=5"),
            "--nounixsocket",
            "--quiet",
        ]

    def write_files(self) -> None:
        self._database.mkdir(parents=True, exist_ok=True)
        if not self._keyfile.exists() or self._keyfile.read_text() != self.keyfile:
            write_private(self._keyfile, self.keyfile, mode=0o400)

    async def wait_ready(self) -> None:
        """Returns once it is initialised. Raises WrongSecrets if the data has another root password."""

        async def is_initialised() -> bool:
            try:
                await self.initialise()
            except PyMongoError:
                return False
            return True

        await wait_for_port(self.port)
        await wait_until(is_initialised)

    @property
    def has_data(self) -> bool:
        """Whether it has run before."""
        return (self._database / "WiredTiger").exists()

    async def initialise(self) -> None:
        """Makes it a primary with a root user and `users`. Repeated, it changes only passwords and port.

        Raises PyMongoError while the server is not ready for it, and WrongSecrets.
        """
        try:
            async with self._client(authenticated=True) as client:
                await self._follow_port(client)
                await self._until_primary(client)
                await self._make_users(client)
        except OperationFailure as error:
            if error.code != _AUTHENTICATION_FAILED:
                raise
            await self._initialise_empty()

    async def _initialise_empty(self) -> None:
        """Uses mongod's localhost exception, which holds while there are no users."""
        async with self._client(authenticated=False) as client:
            try:
                await self._initiate(client)
                await self._until_primary(client)
                await client.admin.command("createUser", ROOT, pwd=self.root_password, roles=["root"])
            except OperationFailure as error:
                if error.code == _UNAUTHORIZED:
                    raise WrongSecrets(
                        f"The data in {self._database} was created with other secrets; "
                        "restore the old secrets.json, or remove the data directory"
                    ) from error
                raise
        async with self._client(authenticated=True) as client:
            await self._make_users(client)

    async def _initiate(self, client: AsyncMongoClient[dict[str, Any]]) -> None:
        try:
            await client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": [self._as_member]})
        except OperationFailure as error:
            if error.code != _ALREADY_INITIATED:
                raise

    async def _follow_port(self, client: AsyncMongoClient[dict[str, Any]]) -> None:
        """A member whose port has changed is no longer in its own set: the configuration gets the new address."""
        found: dict[str, Any] = (await client.admin.command("replSetGetConfig"))["config"]
        if [member["host"] for member in found["members"]] != [self._member]:
            moved = found | {"members": [self._as_member], "version": found["version"] + 1}
            await client.admin.command("replSetReconfig", moved, force=True)

    async def forget_rate_limits(self) -> None:
        """Of every service, as if nobody had called it yet."""
        async with self._client(authenticated=True) as client:
            for user in self.users:
                await client[user][rate_limits.COLLECTION].delete_many({})

    async def _until_primary(self, client: AsyncMongoClient[dict[str, Any]]) -> None:
        async def is_primary() -> bool:
            return bool((await client.admin.command("hello")).get("isWritablePrimary"))

        await wait_until(is_primary)

    async def _make_users(self, client: AsyncMongoClient[dict[str, Any]]) -> None:
        await asyncio.gather(*(self._make_user(client, user) for user in self.users))

    async def _make_user(self, client: AsyncMongoClient[dict[str, Any]], user: str) -> None:
        database, password = client[user], self.users[user]
        try:
            await database.command("createUser", user, pwd=password, roles=["readWrite"])
        except OperationFailure as error:
            if error.code != _USER_EXISTS:
                raise
            await database.command("updateUser", user, pwd=password, roles=["readWrite"])

    def _client(self, *, authenticated: bool) -> AsyncMongoClient[dict[str, Any]]:
        # Directly to this member: before it is initiated, or after its port has changed, no set can be discovered.
        login = f"{ROOT}:{quote(self.root_password)}@" if authenticated else ""
        options = "directConnection=true&serverSelectionTimeoutMS=1000&socketTimeoutMS=20000"
        return AsyncMongoClient(f"mongodb://{login}{self._member}/?authSource=admin&{options}")

    @property
    def _as_member(self) -> dict[str, Any]:
        return {"_id": 0, "host": self._member}

    @property
    def _member(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def _database(self) -> Path:
        return self.directory / "db"

    @property
    def _keyfile(self) -> Path:
        return self.directory / "keyfile"
