"""The mail catcher (maildev): receives every mail that the stack sends and shows it on a page."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from stack import binaries, paths, processes
from stack.errors import StepFailed
from stack.readiness import wait_for_http, wait_for_port


@dataclass(frozen=True)
class MailCatcher:
    directory: Path
    """Where it stores mails."""
    cache: Path
    """Where the program is installed, once for each version."""
    log: Path
    smtp_port: int
    page_port: int

    @property
    def url(self) -> str:
        return f"http://localhost:{self.page_port}"

    def command(self) -> list[str]:
        return [
            *binaries.node(self.cache),
            str(self._installed / "node_modules" / "maildev" / "dist" / "bin" / "maildev.js"),
            *("--ip", "127.0.0.1", "--smtp", str(self.smtp_port)),
            *("--web-ip", "127.0.0.1", "--web", str(self.page_port)),
            *("--mail-directory", str(self.directory)),
        ]

    async def prepare(self) -> None:
        """Installs it from the committed lock file, unless it is installed."""
        self.directory.mkdir(parents=True, exist_ok=True)
        if self._installed.exists():
            return
        partial = self._installed.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(paths.MAIL_CATCHER, partial, ignore=shutil.ignore_patterns("node_modules"))
        npm = [*binaries.npm(self.cache), "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
        try:
            await processes.run(npm, log=self.log, environment=dict(os.environ), directory=partial)
        except StepFailed as error:
            raise StepFailed(f"npm cannot install the mail catcher ({error}); --smtp HOST:PORT needs none") from error
        partial.rename(self._installed)

    async def wait_ready(self) -> None:
        await wait_for_http(f"http://127.0.0.1:{self.page_port}/api/healthz")
        await wait_for_port(self.smtp_port)

    @property
    def _installed(self) -> Path:
        lock = (paths.MAIL_CATCHER / "package-lock.json").read_bytes()
        return self.cache / f"mail-catcher-{hashlib.sha256(lock).hexdigest()[:12]}"
