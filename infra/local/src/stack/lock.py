"""One supervisor per data directory.

The kernel holds the lock (flock) and releases it when its process ends, so it is never stale. The file contains the
address of the holder, for `down`, `status` and the other commands.
"""

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from stack.errors import AlreadyRunning, NotRunning

_SHARED_LOCK_SECONDS = 0.3
"""How long `is_held` may hold the lock of its own."""


@dataclass(frozen=True)
class Holder:
    pid: int
    url: str
    control: str
    """Path of the control socket."""


class Lock:
    """Held by the supervisor from before it starts anything until after everything has stopped."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def acquire(cls, path: Path) -> "Lock":
        """Raises AlreadyRunning, with the address, if another process holds it."""
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + _SHARED_LOCK_SECONDS
        while not _try_lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                os.close(descriptor)
                holder = _read(path)
                where = f" at {holder.url} (process {holder.pid})" if holder else ""
                raise AlreadyRunning(f"The stack is already running{where}; `make down` stops it.")
            time.sleep(0.02)
        os.ftruncate(descriptor, 0)
        return cls(descriptor)

    def describe(self, holder: Holder) -> None:
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(asdict(holder)).encode(), 0)

    def release(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def is_held(path: Path) -> bool:
    if not path.exists():
        return False
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return not _try_lock(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def holder(path: Path) -> Holder:
    """The process that holds the lock. Raises NotRunning if there is none."""
    found = _read(path) if is_held(path) else None
    if found is None:
        raise NotRunning("The stack is not running; `make up` starts it.")
    return found


def _read(path: Path) -> Holder | None:
    try:
        return Holder(**json.loads(path.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
