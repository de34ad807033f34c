"""Paths of the checkout and of the data directory, which holds everything that survives a restart."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from stack.errors import NoSpace, WrongDataFormat

CHECKOUT = Path(__file__).resolve().parents[4]
NGINX_CONFIGURATION = CHECKOUT / "infra" / "nginx"
MAIL_CATCHER = CHECKOUT / "infra" / "local" / "mail-catcher"
OPENAPI = CHECKOUT / "docs" / "openapi.json"
ARCHITECTURE = CHECKOUT / "docs/architecture.md"
WEB = CHECKOUT / "web"
WEB_BUILD = WEB / "dist"
PLACEHOLDER = NGINX_CONFIGURATION / "placeholder"

DATA_FORMAT = "4"
"""Raised when a version cannot read the data of the one before it."""

_MIN_FREE_BYTES = 1024**3


@dataclass(frozen=True)
class Paths:
    """The layout of a data directory."""

    data: Path

    def prepare(self) -> None:
        """Creates the directory, closed to other users. Raises NoSpace when the disk is nearly full."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        free = shutil.disk_usage(self.data).free
        if free < _MIN_FREE_BYTES:
            raise NoSpace(
                f"Only {free // 1024**2} MB are free on the disk of {self.data} and the stack needs 1 GB; "
                "free some space, or choose another directory with HELPDESK_DATA=..."
            )
        self.logs.mkdir(exist_ok=True)
        self.cache.mkdir(exist_ok=True)

    def check_format(self) -> None:
        """Marks a new data directory with the format number. Raises WrongDataFormat for data of another format."""
        found = self._format.read_text().strip() if self._format.exists() else None
        if found is None and not self.secrets.exists():
            self._format.write_text(f"{DATA_FORMAT}\n")
        elif found != DATA_FORMAT:
            raise WrongDataFormat(
                f"{self.data} holds the data of another version of Helpdesk, which this one cannot read; "
                f"remove it: rm -r {self.data}"
            )

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def cache(self) -> Path:
        return self.data / "cache"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets.json"

    @property
    def description(self) -> Path:
        return self.data / "stack.json"

    @property
    def lock(self) -> Path:
        return self.data / "supervisor.lock"

    @property
    def seeded(self) -> Path:
        return self.data / "seeded"

    @property
    def _format(self) -> Path:
        return self.data / "format"

    def log_file(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def directory(self, name: str) -> Path:
        """Where a component keeps its data."""
        return self.data / name
