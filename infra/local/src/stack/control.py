"""Commands to a running supervisor: one line of JSON each way over a unix socket in the data directory.

    {"command": "status"}                        -> {"ok": true, "components": [...]}
    {"command": "restart", "name": "tickets"}    -> {"ok": true, "components": [that one]}
    a command that fails                         -> {"ok": false, "error": "one sentence"}

`stop`, `restart` and `start` answer when they are done; `kill` answers as soon as the signal is sent.
"""

import asyncio
import contextlib
import json
import os
import socket
import tempfile
import time
from pathlib import Path
from typing import Any

from stack.component_runner import ComponentRunner
from stack.errors import NotRunning, StackError
from stack.supervisor import Supervisor

COMMANDS = ("status", "stop", "start", "restart", "kill")

_LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes
_SHORT_PREFIX = "helpdesk-"
_TIMEOUT_SECONDS = 120.0


class ControlServer:
    """Listens inside `async with ControlServer(supervisor, path):`."""

    def __init__(self, supervisor: Supervisor, path: Path) -> None:
        self._supervisor = supervisor
        self._path = path
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> None:
        self._path.unlink(missing_ok=True)  # left by a killed supervisor
        self._server = await asyncio.start_unix_server(self._answer, self._path)
        self._path.chmod(0o600)

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        if self._path.parent.name.startswith(_SHORT_PREFIX):
            with contextlib.suppress(OSError):  # a data directory with this prefix is not empty, and stays
                self._path.parent.rmdir()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            try:
                request = json.loads(await reader.readline())
                answer = {"ok": True, "components": await self._execute(request["command"], request.get("name"))}
            except StackError as error:
                answer = {"ok": False, "error": str(error)}
            except (ValueError, KeyError, TypeError):
                answer = {"ok": False, "error": "The request is not valid."}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
            writer.close()

    async def _execute(self, command: str, name: str | None) -> list[dict[str, Any]]:
        if command == "status":
            return [_status_of(runner) for runner in self._supervisor.runners.values()]
        runner = self._supervisor.runner(name or "")
        match command:
            case "stop":
                await runner.stop()
            case "start":
                runner.start()
                await runner.wait_until_ready()
            case "restart":
                await runner.stop()
                runner.start()
                await runner.wait_until_ready()
            case "kill":
                runner.kill()
            case _:
                raise StackError(f"There is no command {command}; the commands are {', '.join(COMMANDS)}.")
        return [_status_of(runner)]


def socket_path(data: Path) -> Path:
    """Path of the socket: in the data directory, or in a temporary one where that path is too long for a socket."""
    path = data.resolve() / "control.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix=_SHORT_PREFIX)) / "control.sock"


def send_command(path: str, command: str, name: str | None = None) -> list[dict[str, Any]]:
    """Returns the status of the components concerned. Raises StackError with the supervisor's error."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_TIMEOUT_SECONDS)
            connection.connect(path)
            connection.sendall(json.dumps({"command": command, "name": name}).encode() + b"\n")
            with connection.makefile() as lines:
                answer = json.loads(lines.readline())
    except (OSError, ValueError) as error:
        raise NotRunning(f"The supervisor does not answer on {path} ({error or type(error).__name__}).") from error
    if not answer["ok"]:
        raise StackError(answer["error"])
    components: list[dict[str, Any]] = answer["components"]
    return components


def _status_of(runner: ComponentRunner) -> dict[str, Any]:
    running = runner.process if runner.pid else None
    return {
        "name": runner.name,
        "state": runner.state.value,
        "pid": runner.pid,
        "port": runner.component.port,
        "restarts": runner.restarts,
        "running_for": round(time.monotonic() - running.started, 1) if running else None,
    }
