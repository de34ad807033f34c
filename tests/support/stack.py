"""The whole stack as an operator runs it: a supervisor with real processes, behind its NGINX."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
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
from tests.support.quiet import all_handled

START_SECONDS = 150


@dataclass(frozen=True)
class RunningStack:
    """A stack that is up. Everything about it is read anew from its stack.json, as any script would."""

    directory: Path

    @property
    def description(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.directory / "stack.json").read_text())
        return found

    @property
    def url(self) -> str:
        return str(self.description["url"])

    def pid(self, name: str) -> int:
        """Of the process that is that component now. Raises LookupError while it is not ready."""
        for process in self.description["processes"]:
            if process["name"] == name and process["state"] == "ready":
                return int(process["pid"])
        raise LookupError(f"{name} is not ready")

    def kill_even_if_not_ready(self, name: str) -> None:
        """SIGKILL to whatever process the component has. Raises LookupError when it has none."""
        pids = [each["pid"] for each in self.description["processes"] if each["name"] == name and each["pid"]]
        os.kill(int(pids.pop()), signal.SIGKILL)

    def port(self, name: str) -> int:
        """Where a component listens by itself, behind the door."""
        return next(int(each["port"]) for each in self.description["processes"] if each["name"] == name)

    def kill(self, name: str) -> None:
        """SIGKILL, from outside. The supervisor restarts it. Raises LookupError while it is not ready."""
        try:
            os.kill(self.pid(name), signal.SIGKILL)
        except ProcessLookupError:
            raise LookupError(f"{name} is just being restarted") from None

    async def control(self, *arguments: str) -> str:
        """`python -m stack <arguments>` on this stack."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "stack", *arguments, "--data-dir", str(self.directory), stdout=-1, stderr=-2
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        return output.decode()

    def mongo(self) -> AsyncMongoClient[dict[str, Any]]:
        """As root."""
        return AsyncMongoClient(self.description["mongo_url"], tz_aware=True, uuidRepresentation="standard")

    @asynccontextmanager
    async def nats(self, user: str = "provisioner") -> AsyncIterator[Broker]:
        """As one of its users."""
        description = self.description
        broker = Broker(description["nats_url"], user, description["nats_users"][user], name="test")
        await broker.connect()
        try:
            yield broker
        finally:
            await broker.close()

    async def ready(self, service: str) -> dict[str, Any]:
        """What a service's /readyz says, with its status."""
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"http://127.0.0.1:{self.port(service)}/readyz")
        return {"status": answer.status_code, **answer.json()}

    async def settled(self) -> None:
        """Raises AssertionError while an event is still on its way anywhere."""
        async with self.mongo() as client:
            for service in SERVICES:
                database = client[service]
                parked = await database["parked_events"].find_one()
                assert parked is None, f"{service} has not handled {parked} yet"
                for name in await database.list_collection_names():
                    waiting = await database[name].count_documents({"outbox.0": {"$exists": True}})
                    assert waiting == 0, f"{waiting} documents of {service}.{name} have unpublished events"
            owed = await client["mailer"]["mails"].count_documents({"status": {"$in": ["queued", "sending"]}})
            assert owed == 0, f"{owed} mails are owed"
        async with self.nats() as broker:
            for consumer in CONSUMERS:
                await all_handled(consumer, broker)

    async def dead_letters(self) -> dict[str, int]:
        """How many each service has."""
        async with self.nats() as broker:
            streams = await broker.jetstream.streams_info()
            return {
                str(stream.config.name): stream.state.messages
                for stream in streams
                if str(stream.config.name).startswith("DEAD_LETTERS") and stream.state.messages
            }


@asynccontextmanager
async def running_stack(
    directory: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> AsyncIterator[RunningStack]:
    """`python -m stack up`, stopped by SIGTERM afterwards. Its own output is in `directory`/up.log."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "up.log").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "stack", "up", "--data-dir", str(directory), *arguments),
            env={**os.environ, "HELPDESK_PORT": str(free_range(SPAN)), **(environment or {})},
            stdout=output,
            stderr=output,
        )
    stack = RunningStack(directory)

    async def is_up() -> None:
        log = (directory / "up.log").read_text()
        if process.returncode is not None:
            raise RuntimeError(f"the stack did not start:\n{log}")
        assert (directory / "stack.json").exists(), log

    try:
        await eventually(is_up, within=START_SECONDS, every=0.2)
        yield stack
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
