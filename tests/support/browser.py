"""A Chromium driven by Playwright: the one on PATH, else the one of an npm package."""

import asyncio
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from stack import binaries, paths

PACKAGES = paths.CHECKOUT / "tests" / "browser" / "packages"
_ON_PATH = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def installed_packages() -> Path:
    """`node_modules` of the browser tests, installed from the lock file if it is not current."""
    installed = PACKAGES / "node_modules" / ".installed"
    wanted = hashlib.sha256((PACKAGES / "package-lock.json").read_bytes()).hexdigest()
    with (PACKAGES / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes share it
        if not installed.exists() or installed.read_text() != wanted:
            command = [*binaries.npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
            subprocess.run(command, cwd=PACKAGES, check=True)
            installed.write_text(wanted)
    return PACKAGES / "node_modules"


def chromium() -> tuple[str, str | None]:
    """The executable, and the directory of its libraries if it brings its own. Raises CalledProcessError."""
    if found := next(filter(None, map(shutil.which, _ON_PATH)), None):
        return found, None
    unpacked = installed_packages() / ".unpacked"
    unpacked.mkdir(exist_ok=True)
    with (PACKAGES / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = [*binaries.node(), "unpack.mjs"]
        environment = {**os.environ, "TMPDIR": str(unpacked)}
        answer = subprocess.run(command, cwd=PACKAGES, env=environment, check=True, capture_output=True, text=True)
    where = json.loads(answer.stdout)
    return where["executable"], where["libraries"]


def axe() -> str:
    """The source of axe-core, to evaluate in a page."""
    return (installed_packages() / "axe-core" / "axe.min.js").read_text()


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    """One browser, in which each person of a test has a context."""
    executable, libraries = await asyncio.to_thread(chromium)
    environment: dict[str, str | float | bool] = {**os.environ, **({"LD_LIBRARY_PATH": libraries} if libraries else {})}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=executable,
            # Root needs the first (in CI containers), a small /dev/shm the second.
            args=["--no-sandbox", "--disable-dev-shm-usage"],
            env=environment,
        )
        try:
            yield browser
        finally:
            await browser.close()
