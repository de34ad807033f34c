"""The local stack with its supervisor, real processes and NGINX, and clients that retry as a careful one does."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pymongo import AsyncMongoClient

from common.messaging.broker import Broker
from common.messaging.topology import CONSUMERS
from common.services import SERVICES
from stack.ports import SPAN, free_range
from tests.support.eventually import eventually
from tests.support.settled import assert_drained

START_SECONDS = 150
RETRIED = {429, 500, 502, 503, 504}
"""500 is retried so that a test can count them; a client would retry too."""


@dataclass(frozen=True)
class RunningStack:
    """Every property is read anew from stack.json."""

    directory: Path

    @property
    def description(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.directory / "stack.json").read_text())
        return found

    @property
    def url(self) -> str:
        return str(self.description["url"])

    def account(self, role: str) -> dict[str, str]:
        """The email and password of a demo account."""
        return next(each for each in self.description["accounts"] if each["role"] == role)

    def pid(self, name: str) -> int:
        """Raises LookupError while the component is not ready."""
        return int(self._process(name, "ready")["pid"])

    def port(self, name: str) -> int:
        """Where a component listens behind NGINX."""
        return int(self._process(name)["port"])

    def kill(self, name: str) -> None:
        """Sends SIGKILL; the supervisor restarts the component. Raises LookupError while it is not ready."""
        try:
            os.kill(self.pid(name), signal.SIGKILL)
        except ProcessLookupError:
            raise LookupError(f"{name} is being restarted") from None

    def kill_even_if_not_ready(self, name: str) -> None:
        os.kill(int(self._process(name)["pid"]), signal.SIGKILL)

    def _process(self, name: str, *states: str) -> dict[str, Any]:
        for process in self.description["processes"]:
            if process["name"] == name and (not states or process["state"] in states):
                return dict(process)
        raise LookupError(f"{name} is not {' or '.join(states)}")

    async def control(self, *arguments: str) -> None:
        """Runs `python -m stack <arguments>` on this stack."""
        program = (sys.executable, "-m", "stack", *arguments, "--data-dir", str(self.directory))
        process = await asyncio.create_subprocess_exec(*program, stdout=-1, stderr=-2)
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()

    def mongo(self) -> AsyncMongoClient[dict[str, Any]]:
        """As root."""
        return AsyncMongoClient(self.description["mongo_url"], tz_aware=True, uuidRepresentation="standard")

    @asynccontextmanager
    async def nats(self, user: str = "provisioner") -> AsyncIterator[Broker]:
        description = self.description
        broker = Broker(description["nats_url"], user, description["nats_users"][user], name="test")
        await broker.connect()
        try:
            yield broker
        finally:
            await broker.close()

    async def ready(self, service: str) -> dict[str, Any]:
        """The body of a service's /readyz, with its status."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{self.port(service)}/readyz")
        return {"status": answer.status_code, **answer.json()}

    async def settled(self) -> None:
        """Raises AssertionError while an event is unpublished or unhandled, or a mail is pending."""
        async with self.mongo() as client:
            for service in SERVICES:
                for name in await client[service].list_collection_names():
                    pending = await client[service][name].count_documents({"outbox.0": {"$exists": True}})
                    assert pending == 0, f"{pending} documents of {service}.{name} have unpublished events"
                parked = await client[service]["parked_events"].find_one()
                assert parked is None, f"{service} has not handled {parked}"
            unsent = await client["mailer"]["mails"].count_documents({"due_at": {"$type": "date"}})
            assert unsent == 0, f"{unsent} mails are pending"
        async with self.nats() as broker:
            for consumer in CONSUMERS:
                await assert_drained(consumer, broker)

    async def dead_letters(self) -> dict[str, int]:
        """The number of dead letters by stream."""
        async with self.nats() as broker:
            streams = {str(each.config.name): each.state.messages for each in await broker.jetstream.streams_info()}
        return {name: count for name, count in streams.items() if name.startswith("DEAD_LETTERS") and count}


@asynccontextmanager
async def running_stack(
    directory: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[RunningStack]:
    """`python -m stack up`, stopped by SIGTERM afterwards. Its output is in `directory`/up.log."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "up.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "stack", "up", "--data-dir", str(directory), *arguments),
            env={**os.environ, "HELPDESK_PORT": str(free_range(SPAN)), **(environment or {})},
            stdout=output,
            stderr=output,
        )

    async def is_up() -> None:
        log = (directory / "up.log").read_text()
        if process.returncode is not None:
            raise RuntimeError(f"the stack did not start:\n{log}")
        assert (directory / "stack.json").exists(), log

    try:
        await eventually(is_up, within=START_SECONDS)
        yield RunningStack(directory)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@dataclass
class RetryingClient:
    """One person. A failed request is repeated with the same Idempotency-Key until it succeeds or is refused."""

    http: httpx.AsyncClient
    headers: dict[str, str]
    id: str = ""
    server_errors: int = 0

    async def send(self, method: str, path: str, *, json: Any = None, key: str | None = None) -> httpx.Response:
        headers = {**self.headers, **({"Idempotency-Key": key} if key else {})}
        while True:
            try:
                answer = await self.http.request(method, f"/api/v1{path}", json=json, headers=headers)
            except httpx.TransportError:
                pass
            else:
                if answer.status_code not in RETRIED:
                    return answer
                self.server_errors += answer.status_code == 500
            await asyncio.sleep(0.1)

    async def log_in(self, email: str, password: str) -> None:
        self._authenticate(await self.send("POST", "/auth/login", json={"email": email, "password": password}), 200)

    async def sign_up(self, email: str, password: str) -> None:
        body = {"email": email, "password": password}
        self._authenticate(await self.send("POST", "/auth/signup", json=body, key=f"sign-up {email}"), 201)

    def _authenticate(self, answer: httpx.Response, status: int) -> None:
        assert answer.status_code == status, answer.text
        self.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        self.id = answer.json()["user"]["id"]


@asynccontextmanager
async def retrying_clients(url: str) -> AsyncIterator[Callable[[], RetryingClient]]:
    """A factory of clients that are not logged in, closed after the block."""
    async with AsyncExitStack() as stack:

        def client() -> RetryingClient:
            http = httpx.AsyncClient(base_url=url, timeout=10)
            stack.push_async_callback(http.aclose)
            return RetryingClient(http, {})

        yield client
