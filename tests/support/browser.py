"""A real Chromium: the one on PATH, else the one inside an npm package, driven by Playwright."""

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from stack import binaries, paths

PACKAGES = paths.CHECKOUT / "tests" / "browser" / "packages"
_ON_PATH = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@dataclass(frozen=True)
class Program:
    """What to run, and where its libraries are if it brings its own."""

    executable: str
    libraries: str | None = None


def installed_packages() -> Path:
    """`node_modules` with what browser tests need from npm, installed from the lock file unless it is."""
    installed = PACKAGES / "node_modules" / ".installed"
    wanted = hashlib.sha256((PACKAGES / "package-lock.json").read_bytes()).hexdigest()
    with (PACKAGES / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests run side by side
        if not installed.exists() or installed.read_text() != wanted:
            command = [*binaries.npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run(command, cwd=PACKAGES, check=True)
            installed.write_text(wanted)
    return PACKAGES / "node_modules"


def chromium() -> Program:
    """Raises subprocess.CalledProcessError where none can be had."""
    found = next((path for path in map(shutil.which, _ON_PATH) if path), None)
    if found:
        return Program(found)
    unpacked = installed_packages() / ".unpacked"
    unpacked.mkdir(exist_ok=True)
    with (PACKAGES / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [*binaries.node(), "unpack.mjs"]
        environment = {**os.environ, "TMPDIR": str(unpacked)}
        answer = subprocess.run(command, cwd=PACKAGES, env=environment, check=True, capture_output=True, text=True)
    where = json.loads(answer.stdout)
    return Program(where["executable"], where["libraries"])


def axe() -> str:
    """The source of axe-core, to be run in a page."""
    return (installed_packages() / "axe-core" / "axe.min.js").read_text()


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """One browser; each person in a test gets a context of their own in it."""
    program = await asyncio.to_thread(chromium)
    environment: dict[str, str | float | bool] = {**os.environ}
    if program.libraries:
        environment["LD_LIBRARY_PATH"] = program.libraries
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program.executable,
            # Root needs the first (in CI containers), a small /dev/shm the second.
            args=["--no-sandbox", "--disable-dev-shm-usage"],
            env=environment,
        )
        try:
            yield browser
        finally:
            await browser.close()
