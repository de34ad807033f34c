"""Everything that runs for the time of a benchmark: a whole stack, the bare programs, and a door for each.

Port P is the stack's door (49 more follow), P+50 the bare programs' door, P+51 the mailbox, P+52 the bare programs,
P+53 the yardstick.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from bench import yardstick
from bench.bare.surroundings import Surroundings
from bench.machine import Processors
from bench.mailbox import Mailbox, mailbox
from common.messaging.topology import SERVICES
from stack import processes
from stack.nginx import NginxServer
from stack.places import CHECKOUT
from stack.ports import free_range
from stack.processes import Process
from stack.readiness import port_open

START_SECONDS = 120
BARE = "/api/v1/tickets/bare/"
"""Where what bench/bare/server.py answers begins, behind a door that is the same program with the same configuration as
Helpdesk's own, and differs in nothing but the ports behind it."""

_DOOR, _SMTP, _SERVER, _YARDSTICK, _SPAN = 50, 51, 52, 53, 60


@dataclass(frozen=True)
class Ground:
    """What runs, and where."""

    directory: Path
    description: dict[str, Any]
    """The stack's stack.json."""
    door: int
    bare_door: int
    yardstick: int
    mailbox: Mailbox
    bare: dict[str, int]
    """Name of a bare process -> its pid."""

    def mongo(self) -> AsyncMongoClient[dict[str, Any]]:
        """As root."""
        return AsyncMongoClient(self.description["mongo_url"], tz_aware=True, uuidRepresentation="standard")

    def processors(self, *names: str) -> Processors:
        """Of components of the stack and of bare processes, by name."""
        pids = {each["name"]: each["pid"] for each in self.description["processes"]} | self.bare
        return Processors({name: pids[name] for name in names})


@asynccontextmanager
async def running(directory: Path, say: Callable[[str], None]) -> AsyncIterator[Ground]:
    """Starts it all; stops it all afterwards."""
    base = free_range(_SPAN)
    own, theirs = _made(directory / "stack"), _made(directory / "bare")
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(mailbox(base + _SMTP))
        say("starting the stack …")
        description = await stack.enter_async_context(_stack(own, base))
        say("starting the bare programs …")
        bare = await stack.enter_async_context(_bare(theirs, base, description))
        await stack.enter_async_context(yardstick.serving(_made(directory / "yardstick"), base + _YARDSTICK))
        yield Ground(directory, description, base, base + _DOOR, base + _YARDSTICK, box, bare)


@asynccontextmanager
async def _stack(directory: Path, base: int) -> AsyncIterator[dict[str, Any]]:
    log = directory / "up.log"
    environment = {**os.environ, "HELPDESK_PORT": str(base), "HELPDESK_RATE_LIMITS": "off"}
    command = [sys.executable, "-m", "stack", "up", "--data-dir", str(directory), "--smtp", f"127.0.0.1:{base + _SMTP}"]
    # SIGTERM also when we are killed: so the supervisor stops its components one by one.
    supervisor = await processes.spawn(command, log=log, environment=environment, death_signal=signal.SIGTERM)
    described = directory / "stack.json"
    try:
        async with asyncio.timeout(START_SECONDS):
            while not described.exists():
                if not supervisor.running:
                    raise RuntimeError(f"the stack did not start: {processes.last_line(log)}")
                await asyncio.sleep(0.1)
        description: dict[str, Any] = json.loads(described.read_text())
        yield description
    finally:
        await supervisor.stop(signal.SIGTERM, grace=60)


@asynccontextmanager
async def _bare(directory: Path, base: int, stack: dict[str, Any]) -> AsyncIterator[dict[str, int]]:
    started: dict[str, Process] = {}

    given = Surroundings(
        port=base + _SERVER,
        mongo_url=stack["mongo_url"],
        nats_url=stack["nats_url"],
        nats_passwords=stack["nats_users"],
        smtp_port=base + _SMTP,
    )
    try:
        for name in ("server", "postman"):
            started[f"bare {name}"] = await processes.spawn(
                [sys.executable, "-m", f"bench.bare.{name}"],
                log=directory / f"{name}.log",
                environment={**os.environ, **given.as_environment()},
                directory=CHECKOUT,
            )
        upstreams = {service: [given.port] for service in SERVICES}
        door = NginxServer(
            directory / "nginx", base + _DOOR, upstreams, access_log=directory / "access.log", rate_limits="off"
        )
        door.write_files()
        log = directory / "nginx.log"
        started["bare nginx"] = await processes.spawn(door.command(), log=log, death_signal=signal.SIGTERM)
        async with asyncio.timeout(30):
            await asyncio.gather(door.wait_ready(), port_open(given.port))
        yield {name: process.pid for name, process in started.items()}
    finally:
        await asyncio.gather(*(process.stop(signal.SIGTERM, grace=5) for process in started.values()))


def _made(directory: Path) -> Path:
    """Raises FileExistsError where an earlier run left something: nothing is measured on top of that."""
    directory.mkdir(parents=True)
    return directory
