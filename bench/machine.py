"""The machine, its load, the versions in use, and the CPU time of processes."""

import os
import platform
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

from stack import binaries
from stack.paths import CHECKOUT

_TICKS = os.sysconf("SC_CLK_TCK")
_PACKAGES = ("uvicorn", "uvloop", "httptools", "fastapi", "pydantic", "pymongo", "beanie", "nats-py", "aiosmtplib")


def load_average() -> str:
    """Over the last 1, 5 and 15 minutes."""
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def describe_machine() -> dict[str, str]:
    return {
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "kernel": platform.release().partition("-")[0],
        "commit": _commit(),
        "python": platform.python_version(),
        "mongod": _first_line([*binaries.mongod(), "--version"]).removeprefix("db version v"),
        "nats-server": _first_line([*binaries.nats_server(), "--version"]).removeprefix("nats-server: v"),
        "nginx": _first_line([*binaries.nginx(), "-v"]).removeprefix("nginx version: nginx/"),
        **{package: metadata.version(package) for package in _PACKAGES},
    }


class CpuMeter:
    """CPU time of named processes and their children."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = {name: [pid, *_children(pid)] for name, pid in pids.items()}

    def cpu_seconds(self) -> dict[str, float]:
        """By name, since the start of the processes. A process that has ended counts as 0."""
        return {name: sum(map(_cpu_seconds, pids)) for name, pids in self._pids.items()}


def _cpu_seconds(pid: int) -> float:
    try:
        # utime and stime are fields 14 and 15. The name before them is in parentheses and may contain spaces.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _children(pid: int) -> Iterable[int]:
    return map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split())


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _commit() -> str:
    git = shutil.which("git")
    if git is None or not (CHECKOUT / ".git").exists():
        return "unknown"
    commit = _first_line([git, "-C", str(CHECKOUT), "rev-parse", "--short", "HEAD"])
    changed = _first_line([git, "-C", str(CHECKOUT), "status", "--porcelain", "--untracked-files=no"])
    return f"{commit}, with changes" if changed else commit


def _first_line(command: list[str]) -> str:
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = (finished.stdout or finished.stderr).strip().splitlines()  # NGINX prints its version to standard error
    return lines[0] if lines else ""
