"""Services and servers in processes of their own: service commands, further replicas, and servers that restart."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from common.lifecycle import Role
from common.settings import Settings
from stack import processes
from stack.mongo import MongoServer
from stack.nats import NatsServer
from stack.ports import free_port
from tests.support.eventually import eventually
from tests.support.services import Installation


@dataclass(frozen=True)
class Finished:
    """A command that ended. `said` is its output to both streams."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment variables that configure a service with these settings, and PATH."""
    variables = {f"HELPDESK_{name.upper()}": _formatted(value) for name, value in settings if value is not None}
    return {"PATH": os.environ["PATH"], **variables}


def _formatted(value: Any) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return "on" if value else "off"
        case list():
            return ",".join(map(_formatted, value))
    return str(value)


async def command(service: str, settings: Settings, *arguments: str, typed: str = "") -> Finished:
    """Runs `python -m <service> <arguments>` to its end; `typed` is its standard input."""
    program = (sys.executable, "-m", service, *arguments)
    process = await asyncio.create_subprocess_exec(
        *program, env=environment_of(settings), stdin=-1, stdout=-1, stderr=-1
    )
    out, err = await process.communicate(typed.encode())
    assert process.returncode is not None
    return Finished(process.returncode, out.decode(), err.decode())


async def docker(*arguments: str) -> str:
    """The output of a docker command. Raises AssertionError with its complaint."""
    program = (os.environ.get("DOCKER", "docker"), *arguments)
    process = await asyncio.create_subprocess_exec(*program, stdout=-1, stderr=-1)
    output, complaint = await process.communicate()
    assert process.returncode == 0, f"docker {' '.join(arguments[:3])} …: {complaint.decode()}"
    return output.decode().strip()


@asynccontextmanager
async def replica(
    installation: Installation, service: str, role: Role = "all", **changes: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `python -m <service> serve`, once it is ready; stopped by SIGTERM after the block."""
    port = free_port()
    settings = installation.settings(service, http_host="127.0.0.1", http_port=port, **changes)
    program = (sys.executable, "-m", service, "serve", "--role", role)
    process = await processes.spawn(program, log=Path(os.devnull), environment=environment_of(settings))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:

            async def is_ready() -> None:
                if not process.running:
                    raise RuntimeError(f"{service} ended with exit status {await process.wait()}")
                try:
                    answer = await client.get("/readyz")
                except httpx.TransportError as error:
                    raise AssertionError(f"{service} does not answer yet") from error
                assert answer.status_code == 200, answer.text

            await eventually(is_ready)
            yield client
    finally:
        await process.stop(signal.SIGTERM, 60)


class RestartableServer:
    """A server with its data in a directory of the test."""

    def __init__(self, server: MongoServer | NatsServer, log: Path) -> None:
        self._server = server
        self._log = log
        self._process: processes.Process | None = None

    async def start(self) -> None:
        """Returns when it answers."""
        self._server.write_files()
        self._process = await processes.spawn(self._server.command(), log=self._log)
        await asyncio.wait_for(self._server.wait_ready(), 60)

    async def stop(self) -> None:
        if self._process is not None:
            await self._process.stop(signal.SIGTERM, 20)
            self._process = None


@asynccontextmanager
async def running_server(server: MongoServer | NatsServer, log: Path) -> AsyncIterator[RestartableServer]:
    restartable = RestartableServer(server, log)
    try:
        await restartable.start()
        yield restartable
    finally:
        await restartable.stop()
