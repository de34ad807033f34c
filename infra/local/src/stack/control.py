"""Talking to a running supervisor: one line of JSON each way over a unix socket in the data directory.

    {"command": "status"}                        -> {"ok": true, "components": [...]}
    {"command": "restart", "name": "tickets"}    -> {"ok": true, "components": [that one]}
    anything that cannot be done                 -> {"ok": false, "error": "one sentence"}

`stop` and `restart` and `start` answer when it is done; `kill` as soon as the signal is sent.
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

from stack.errors import NotRunning, StackError
from stack.keeper import Keeper
from stack.supervisor import Supervisor

COMMANDS = ("status", "stop", "start", "restart", "kill")

_LONGEST_SOCKET_PATH = 100  # the kernel takes 107 bytes
_SHORT_PREFIX = "helpdesk-"
_PATIENCE = 120.0


class ControlServer:
    """Listens while used as a context: `async with ControlServer(supervisor, path):`."""

    def __init__(self, supervisor: Supervisor, path: Path) -> None:
        self._supervisor = supervisor
        self._path = path
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> None:
        self._path.unlink(missing_ok=True)  # of a supervisor that was killed
        self._server = await asyncio.start_unix_server(self._answer, self._path)
        self._path.chmod(0o600)

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)
        if self._path.parent.name.startswith(_SHORT_PREFIX):
            with contextlib.suppress(OSError):  # a data directory may have such a name too, and is not empty
                self._path.parent.rmdir()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            try:
                request = json.loads(await reader.readline())
                answer = {"ok": True, "components": await self._do(request["command"], request.get("name"))}
            except StackError as error:
                answer = {"ok": False, "error": str(error)}
            except (ValueError, KeyError, TypeError):
                answer = {"ok": False, "error": "That is not a request this supervisor understands."}
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
            writer.close()

    async def _do(self, command: str, name: str | None) -> list[dict[str, Any]]:
        if command == "status":
            return [_row(keeper) for keeper in self._supervisor.keepers.values()]
        keeper = self._supervisor.keeper(name or "")
        match command:
            case "stop":
                await keeper.stop()
            case "start":
                keeper.start()
                await keeper.until_ready()
            case "restart":
                await keeper.stop()
                keeper.start()
                await keeper.until_ready()
            case "kill":
                keeper.kill()
            case _:
                raise StackError(f"There is no command {command}; there are {', '.join(COMMANDS)}.")
        return [_row(keeper)]


def socket_path(data: Path) -> Path:
    """Where the socket goes: in the data directory, or in a short temporary one if that path is too long for it."""
    path = data.resolve() / "control.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
        return path
    return Path(tempfile.mkdtemp(prefix=_SHORT_PREFIX)) / "control.sock"


def ask(path: str, command: str, name: str | None = None) -> list[dict[str, Any]]:
    """Send a command and answer the components it was about. Raises StackError with the supervisor's sentence."""
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_PATIENCE)
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


def _row(keeper: Keeper) -> dict[str, Any]:
    running = keeper.process if keeper.pid else None
    return {
        "name": keeper.name,
        "state": keeper.state.value,
        "pid": keeper.pid,
        "port": keeper.component.port,
        "restarts": keeper.restarts,
        "running_for": round(time.monotonic() - running.started, 1) if running else None,
    }
