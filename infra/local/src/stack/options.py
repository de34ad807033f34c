"""What a run of the stack can be told. Read once, from the command line and the environment, in __main__.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class SmtpServer:
    host: str
    port: int


@dataclass(frozen=True)
class Options:
    data: Path
    door: int = 8080
    """Port of the front door; every other port derives from it."""
    smtp: SmtpServer | None = None
    """Where mail goes instead of the mail catcher, which is then not started."""
    replicas: Mapping[str, int] = field(default_factory=dict)
    """Service -> how many of it, where it is not one."""
    seed: bool = True
    web: bool = True
    """Whether the web client is built; without it the door shows what was built last."""
    rate_limits: str = "on"
    otlp_endpoint: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables given to every service, over the ones we set."""
    servers_only: bool = False
    """No service, no NGINX: for work on the data itself."""
    quiet: bool = False
