"""Child processes that cannot outlive the supervisor: each has its own process group, and the kernel kills it when the
supervisor dies."""

import asyncio
import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from stack.errors import StepFailed

_PR_SET_PDEATHSIG = 1
_LOG_LIMIT = 10 * 1024**2
_libc = ctypes.CDLL(None, use_errno=True)


class Process:
    """A running child and its group."""

    def __init__(self, child: asyncio.subprocess.Process) -> None:
        self._child = child
        self.started = time.monotonic()

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child.returncode is None

    async def wait(self) -> int:
        """The exit status; negative for the signal that ended it. The rest of its process group is killed."""
        status = await self._child.wait()
        self.kill()  # NGINX workers, for example, survive a killed master
        return status

    async def stop(self, number: signal.Signals, grace: float) -> None:
        """Sends the signal, waits at most `grace` seconds, then kills the whole group."""
        if self.running:
            with contextlib.suppress(ProcessLookupError):
                self._child.send_signal(number)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._child.wait(), grace)
        self.kill()
        await self._child.wait()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


async def spawn(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    death_signal: signal.Signals = signal.SIGKILL,
) -> Process:
    """Starts `command` with its output appended to `log`. The kernel sends `death_signal` when the supervisor dies."""
    with log.open("ab") as output:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=directory,
            start_new_session=True,
            preexec_fn=_set_death_signal(os.getpid(), death_signal),
        )
    return Process(child)


async def run(
    command: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    input: str = "",  # noqa: A002 - as in subprocess
) -> None:
    """Runs `command` to completion with `input` on its stdin. Raises StepFailed with the log's last line if it
    fails."""
    with log.open("ab") as output:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=environment,
            cwd=directory,
            start_new_session=True,
            preexec_fn=_set_death_signal(os.getpid(), signal.SIGKILL),
        )
    try:
        await child.communicate(input.encode())
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    if child.returncode:
        raise StepFailed(f"{exit_reason(child.returncode)}: {last_line(log)} (see {log})")


def exit_reason(status: int) -> str:
    """`exit status 1`, or `killed by SIGKILL`."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    return lines[-1][:300] if lines else "it wrote nothing"


def rotate(log: Path) -> None:
    """Renames a long log to NAME.log.1."""
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


def find_orphans(logs: Path) -> list[int]:
    """Processes that an earlier run with the same data left: their output still goes to one of its logs."""
    mark = f"{logs.resolve()}{os.sep}"
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it exited, or belongs to another user
            outputs = [str((directory / "fd" / fd).readlink()) for fd in ("1", "2")]
            if all(output.startswith(mark) for output in outputs):
                found.append(int(directory.name))
    return found


def kill_orphans(logs: Path, *, timeout: float = 10.0) -> int:
    """Kills them, waits until they are gone, and returns how many there were."""
    pids = find_orphans(logs)
    deadline = time.monotonic() + timeout
    while (alive := find_orphans(logs)) and time.monotonic() < deadline:
        for pid in alive:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)
    return len(pids)


def _set_death_signal(parent: int, number: signal.Signals) -> Callable[[], None]:
    """Run by the child between fork and exec: the kernel will send it `number` when its parent dies."""

    def between_fork_and_exec() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # the parent has died already
            os._exit(1)

    return between_fork_and_exec
