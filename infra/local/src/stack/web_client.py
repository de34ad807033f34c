"""The web client: installs its packages, builds it, and runs its scripts, with the Node that `binaries` finds."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from stack import binaries, paths, processes
from stack.errors import StepFailed

_INSTALLED = paths.WEB / "node_modules" / ".installed"
_BUILT = paths.WEB_BUILD / ".vite" / "built-from"
_NOT_SOURCES = ("node_modules", "dist", "dist.new", "dist.old", "screenshots")
_NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")


async def install(log: Path) -> None:
    """Installs `web/node_modules` from the lock file, unless it is up to date. Raises StepFailed."""
    async with _locked():
        await _install(log)


async def build(log: Path) -> None:
    """Builds `web/dist`, unless it is up to date. Raises StepFailed."""
    wanted = _digest(_sources())
    if _stamp(_BUILT) == wanted:
        return
    async with _locked():
        if _stamp(_BUILT) == wanted:  # another process built it meanwhile
            return
        await _install(log)
        new, old = paths.WEB / "dist.new", paths.WEB / "dist.old"
        await _npm(("run", "build", "--", "--outDir", new.name, "--emptyOutDir", "--logLevel", "warn"), log)
        (new / ".vite" / "built-from").write_text(wanted)
        # Atomically: NGINX may be serving these files.
        shutil.rmtree(old, ignore_errors=True)
        if paths.WEB_BUILD.exists():
            paths.WEB_BUILD.rename(old)
        new.rename(paths.WEB_BUILD)
        shutil.rmtree(old, ignore_errors=True)


def run(script: str, arguments: Sequence[str] = ()) -> int:
    """`npm run <script>` on the terminal. Returns its exit status."""
    command = [*binaries.npm(), "run", "--silent", script, "--", *arguments]
    return subprocess.run(command, cwd=paths.WEB, env=_environment(), check=False).returncode


async def _install(log: Path) -> None:
    wanted = _digest([paths.WEB / "package.json", paths.WEB / "package-lock.json"])
    if _stamp(_INSTALLED) != wanted:
        await _npm(_NPM_CI, log)
        _INSTALLED.write_text(wanted)


async def _npm(arguments: Sequence[str], log: Path) -> None:
    try:
        await processes.run([*binaries.npm(), *arguments], log=log, environment=_environment(), directory=paths.WEB)
    except StepFailed as error:
        raise StepFailed(f"npm {arguments[0]} in {paths.WEB}: {error}") from error


def _environment() -> dict[str, str]:
    """npm scripts find `node` on PATH: the directory of npm's own node comes first."""
    beside_node = str(Path(binaries.node()[0]).parent)
    return {**os.environ, "PATH": f"{beside_node}{os.pathsep}{os.environ.get('PATH', '')}"}


def _sources() -> Iterator[Path]:
    """All files that the build depends on."""
    yield paths.OPENAPI
    for directory, names, files in os.walk(paths.WEB):
        names[:] = sorted(name for name in names if name not in _NOT_SOURCES)
        yield from (Path(directory, file) for file in sorted(files) if not file.startswith("."))


def _digest(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for file in files:
        content = file.read_bytes()
        found.update(f"{file.relative_to(paths.CHECKOUT)} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def _stamp(file: Path) -> str | None:
    return file.read_text() if file.exists() else None


@asynccontextmanager
async def _locked() -> AsyncIterator[None]:
    """Holds a lock: two stacks, or a stack and a test, may build at the same time."""
    with (paths.WEB / ".lock").open("w") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                await asyncio.sleep(0.2)
            else:
                break
        yield  # closing the file releases the lock
