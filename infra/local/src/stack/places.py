"""Where things are: the checkout we run from, and the data directory with everything that outlives a restart."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from stack.errors import NoSpace

CHECKOUT = Path(__file__).resolve().parents[4]
NGINX_CONFIGURATION = CHECKOUT / "infra" / "nginx"
MAIL_CATCHER = CHECKOUT / "infra" / "local" / "mail-catcher"
INGRESS = CHECKOUT / "infra" / "k8s" / "base" / "ingress" / "ingress.yaml"
OPENAPI = CHECKOUT / "docs" / "openapi.json"
WEB = CHECKOUT / "web"
WEB_BUILD = WEB / "dist"
PLACEHOLDER = NGINX_CONFIGURATION / "placeholder"

_SPACE_NEEDED = 1024**3


@dataclass(frozen=True)
class Places:
    """The layout of a data directory."""

    data: Path

    def prepare(self) -> None:
        """Make the directory, closed to other users. Raises NoSpace when the disk is nearly full."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.data.chmod(0o700)
        free = shutil.disk_usage(self.data).free
        if free < _SPACE_NEEDED:
            raise NoSpace(
                f"Only {free // 1024**2} MB are free on the disk of {self.data} and the stack needs 1 GB; "
                "make room, or choose another directory with HELPDESK_DATA=..."
            )
        self.logs.mkdir(exist_ok=True)
        self.cache.mkdir(exist_ok=True)

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

    def log_of(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def of(self, name: str) -> Path:
        """Own directory of a component."""
        return self.data / name
