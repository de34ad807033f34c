"""A real nats-server with JetStream and one account per service; usable alone, for example by test fixtures.

accounts = helpdesk_accounts({"tickets": "password", ...})
server = NatsServer(directory, port=free_port(), monitor_port=free_port(), accounts=accounts)
server.write_files()
process = await processes.spawn(server.command(), log=...)
await server.wait_ready()
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from common.messaging.permissions import STREAMS_ACCOUNT, account_of, exports, nats_users, permissions_for
from common.services import EXTERNAL_CONSUMERS, ExternalConsumer
from stack import binaries
from stack.readiness import wait_for_http
from stack.secrets import write_private


@dataclass(frozen=True)
class NatsUser:
    password: str
    publish: Sequence[str] = (">",)
    """Subjects it may publish to, and no others."""
    subscribe: Sequence[str] = (">",)


@dataclass(frozen=True)
class NatsAccount:
    """Accounts share nothing, not even stream names, but what one exports and another imports: entries as nats-server
    takes them. User names are unique across accounts."""

    users: Mapping[str, NatsUser]
    jetstream: bool = False
    exports: Sequence[Mapping[str, Any]] = ()
    imports: Sequence[Mapping[str, Any]] = ()

    def configuration(self) -> dict[str, Any]:
        return {
            "users": _users(self.users),
            "exports": self.exports,
            "imports": self.imports,
            **({"jetstream": "enabled"} if self.jetstream else {}),
        }


def helpdesk_accounts(
    passwords: Mapping[str, str], external: Sequence[ExternalConsumer] = EXTERNAL_CONSUMERS, *, suffix: str = ""
) -> dict[str, NatsAccount]:
    """The accounts of one installation, from the passwords of its users. With a `suffix` to the names of accounts and
    users, one server has several installations."""
    accounts = {}
    for user in nats_users(external):
        allowed = permissions_for(user, external)
        account = account_of(user)
        exported = exports(external) if account == STREAMS_ACCOUNT else ()
        accounts[f"{account}{suffix}"] = NatsAccount(
            users={f"{user}{suffix}": NatsUser(passwords[user], allowed.publish, allowed.subscribe)},
            jetstream=account == STREAMS_ACCOUNT,
            exports=[
                {
                    "service": each.subject,
                    "accounts": [f"{importer}{suffix}" for importer in each.accounts],
                    "response_type": "stream" if each.streamed else "singleton",
                }
                for each in exported
            ],
            imports=[
                {"service": {"account": f"{STREAMS_ACCOUNT}{suffix}", "subject": each.subject}, "to": each.local}
                for each in allowed.imports
            ],
        )
    return accounts


@dataclass(frozen=True)
class NatsServer:
    directory: Path
    port: int
    monitor_port: int
    users: Mapping[str, NatsUser] = field(default_factory=dict)
    """Users of the one account that there is without others."""
    accounts: Mapping[str, NatsAccount] = field(default_factory=dict)
    max_file_bytes: int = 10 * 1024**3
    """For the maximum sizes of all streams together."""
    binary_cache: Path | None = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    @property
    def monitor_url(self) -> str:
        return f"http://127.0.0.1:{self.monitor_port}"

    def command(self) -> list[str]:
        return [*binaries.nats_server(self.binary_cache), "--config", str(self._configuration)]

    def write_files(self) -> None:
        self.directory.mkdir(parents=True, exist_ok=True)
        write_private(self._configuration, json.dumps(self.configuration(), indent=2) + "\n")

    async def wait_ready(self) -> None:
        """Returns once it has recovered its streams."""
        await wait_for_http(f"{self.monitor_url}/healthz")

    async def find_stuck(self) -> str | None:
        """Why it must be restarted: after a failed write, a stream refuses messages until then, also when the disk has
        space again. None while the disk is full, since nats-server does not start then; infra/k8s/base/nats/node.sh
        decides the same."""
        try:
            async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
                answer = await client.get(f"{self.monitor_url}/healthz", params={"details": "true"})
        except httpx.TransportError:
            return None
        errors = [str(each.get("error")) for each in answer.json().get("errors", [])]
        failed = next((each for each in errors if "JetStream not enabled" in each or " write error: " in each), None)
        disk = shutil.disk_usage(self.directory)
        return failed if failed and disk.free * 20 > disk.total else None

    def configuration(self) -> dict[str, Any]:
        """nats-server accepts JSON as configuration."""
        return {
            "listen": f"127.0.0.1:{self.port}",
            "http": f"127.0.0.1:{self.monitor_port}",
            "server_name": "helpdesk-local",
            "jetstream": {
                "store_dir": str(self.directory),
                "max_memory_store": 256 * 1024**2,
                "max_file_store": self.max_file_bytes,
                "sync_interval": "always",  # an acknowledged event survives power loss
            },
            "authorization": {"users": _users(self.users)},
            "accounts": {name: account.configuration() for name, account in self.accounts.items()},
        }

    @property
    def _configuration(self) -> Path:
        return self.directory / "nats-server.json"


def _users(users: Mapping[str, NatsUser]) -> list[dict[str, Any]]:
    return [
        {"user": name, "password": user.password, "permissions": _permissions(user)} for name, user in users.items()
    ]


def _permissions(user: NatsUser) -> dict[str, Any]:
    return {"publish": _only(user.publish), "subscribe": _only(user.subscribe)}


def _only(subjects: Sequence[str]) -> dict[str, list[str]]:
    # nats-server takes an empty allow list for all subjects.
    return {"allow": list(subjects)} if subjects else {"deny": [">"]}
