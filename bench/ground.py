"""Everything that runs for the time of a benchmark: a whole stack, the bare programs, and a door for each.

Port P is the stack's door (49 more follow), P+50 the bare programs' door, P+51 the mailbox, P+52 … the bare programs.
"""

import asyncio
import json
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import AsyncMongoClient

from bench.bare.surroundings import Surroundings
from bench.machine import Processors
from bench.mailbox import Mailbox, mailbox
from stack import ports, processes
from stack.errors import PortTaken
from stack.nginx import NginxServer
from stack.places import CHECKOUT
from stack.processes import Process
from stack.readiness import port_open

START_SECONDS = 120
ROUTES = {
    "nothing": ("auth", "/api/v1/auth/nothing"),
    "create": ("tickets", "/api/v1/tickets"),
    "listing": ("notifications", "/api/v1/notifications"),
    "resolve": ("mailer", "/api/v1/mail/resolve"),
}
"""Bare program -> the service whose place it takes behind its door, and a path that leads there. So that door is the
same program with the same configuration as Helpdesk's own, and differs in nothing but the ports behind it."""

_SMTP, _DOOR, _PROGRAMS, _SPAN = 51, 50, 52, 60


@dataclass(frozen=True)
class Ground:
    """What runs, and where."""

    directory: Path
    description: dict[str, Any]
    """The stack's stack.json."""
    door: int
    bare_door: int
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
    base = _free_base()
    own, theirs = _made(directory / "stack"), _made(directory / "bare")
    async with AsyncExitStack() as stack:
        box = await stack.enter_async_context(mailbox(base + _SMTP))
        say("starting the stack …")
        description = await stack.enter_async_context(_stack(own, base))
        say("starting the bare programs …")
        bare = await stack.enter_async_context(_bare(theirs, base, description))
        yield Ground(directory, description, base, base + _DOOR, box, bare)


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

    def surroundings(port: int, nats_user: str) -> Surroundings:
        return Surroundings(
            port=port,
            mongo_url=stack["mongo_url"],
            nats_url=stack["nats_url"],
            nats_user=nats_user,
            nats_password=stack["nats_users"][nats_user],
            smtp_port=base + _SMTP,
        )

    async def start(name: str, given: Surroundings) -> None:
        started[f"bare {name}"] = await processes.spawn(
            [sys.executable, "-m", f"bench.bare.{name}"],
            log=directory / f"{name}.log",
            environment={**os.environ, **given.as_environment()},
            directory=CHECKOUT,
        )

    try:
        upstreams = {}
        for port, (name, (service, _)) in enumerate(ROUTES.items(), base + _PROGRAMS):
            # The stream is the tickets service's own, and so is the user that may publish to it.
            await start(name, surroundings(port, "tickets"))
            upstreams[service] = [port]
        await start("postman", surroundings(0, "provisioner"))
        door = NginxServer(
            directory / "nginx", base + _DOOR, upstreams, access_log=directory / "access.log", rate_limits="off"
        )
        door.write_files()
        log = directory / "nginx.log"
        started["bare nginx"] = await processes.spawn(door.command(), log=log, death_signal=signal.SIGTERM)
        async with asyncio.timeout(30):
            await asyncio.gather(door.wait_ready(), *(port_open(port) for [port] in upstreams.values()))
        yield {name: process.pid for name, process in started.items()}
    finally:
        await asyncio.gather(*(process.stop(signal.SIGTERM, grace=5) for process in started.values()))


def _made(directory: Path) -> Path:
    """Raises FileExistsError where an earlier run left something: nothing is measured on top of that."""
    directory.mkdir(parents=True)
    return directory


def _free_base() -> int:
    """A port whose successors are free too, at this moment."""
    for _ in range(50):
        base = random.SystemRandom().randrange(21, 31) * 1000 + random.SystemRandom().randrange(0, 900)
        try:
            ports.refuse_taken(range(base, base + _SPAN), door=base)
        except PortTaken:
            continue
        return base
    raise RuntimeError("there are no 60 free ports in a row")
