"""The web client: its packages, its build, and its own checks, run with the Node that `binaries` finds."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from stack import binaries, places, processes
from stack.errors import StepFailed

_INSTALLED = places.WEB / "node_modules" / ".installed"
_BUILT = places.WEB_BUILD / ".vite" / "built-from"
_NOT_SOURCES = ("node_modules", "dist", "dist.new", "dist.old", "screenshots")
_NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


async def install(log: Path) -> None:
    """Make `web/node_modules` what the lock file says, unless it is. Raises StepFailed."""
    async with _alone():
        await _install(log)


async def build(log: Path) -> None:
    """Make `web/dist` from the sources, unless it is made from just these. Raises StepFailed."""
    wanted = _digest(_sources())
    if _stamp(_BUILT) == wanted:
        return
    async with _alone():
        if _stamp(_BUILT) == wanted:  # somebody else did it while we waited
            return
        await _install(log)
        new, old = places.WEB / "dist.new", places.WEB / "dist.old"
        await _npm(("run", "build", "--", "--outDir", new.name, "--emptyOutDir", "--logLevel", "warn"), log)
        (new / ".vite" / "built-from").write_text(wanted)
        # Whole or not at all: a browser may be asking for these files.
        shutil.rmtree(old, ignore_errors=True)
        if places.WEB_BUILD.exists():
            places.WEB_BUILD.rename(old)
        new.rename(places.WEB_BUILD)
        shutil.rmtree(old, ignore_errors=True)


def run(script: str, arguments: Sequence[str] = ()) -> int:
    """`npm run <script>` on the terminal of the caller. Answers its exit status."""
    command = [*binaries.npm(), "run", "--silent", script, "--", *arguments]
    return subprocess.run(command, cwd=places.WEB, env=_environment(), check=False).returncode


async def _install(log: Path) -> None:
    wanted = _digest([places.WEB / "package.json", places.WEB / "package-lock.json"])
    if _stamp(_INSTALLED) != wanted:
        await _npm(_NPM_CI, log)
        _INSTALLED.write_text(wanted)


async def _npm(arguments: Sequence[str], log: Path) -> None:
    try:
        await processes.run([*binaries.npm(), *arguments], log=log, environment=_environment(), directory=places.WEB)
    except StepFailed as error:
        raise StepFailed(f"npm {arguments[0]} in {places.WEB}: {error}") from error


def _environment() -> dict[str, str]:
    """What npm runs finds its `node` on PATH: the one npm runs with comes first there."""
    beside_node = str(Path(binaries.node()[0]).parent)
    return {**os.environ, "PATH": f"{beside_node}{os.pathsep}{os.environ.get('PATH', '')}"}


def _sources() -> Iterator[Path]:
    """Everything the build is made from."""
    yield places.OPENAPI
    for directory, names, files in os.walk(places.WEB):
        names[:] = sorted(name for name in names if name not in _NOT_SOURCES)
        yield from (Path(directory, file) for file in sorted(files) if not file.startswith("."))


def _digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        found.update(f"{file.relative_to(places.CHECKOUT)} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def _stamp(file: Path) -> str | None:
    return file.read_text() if file.exists() else None


@asynccontextmanager
async def _alone() -> AsyncIterator[None]:
    """Two stacks, or a stack and a test, may want it at the same time."""
    with (places.WEB / ".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(0.2)
            else:
                break
        yield  # closing the file gives it back
