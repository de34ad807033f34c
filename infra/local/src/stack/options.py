"""The options of a run, from the command line and the environment (__main__.py)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from common.services import TRUSTED_PROXIES


@dataclass(frozen=True)
class SmtpServer:
    host: str
    port: int


@dataclass(frozen=True)
class Options:
    data: Path
    http_port: int = 8080
    """HELPDESK_PORT: the port of NGINX. Every other port derives from it."""
    smtp: SmtpServer | None = None
    """Receives the mail instead of the mail catcher, which is then not started."""
    replicas: Mapping[str, int] = field(default_factory=dict)
    """Service -> number of replicas, where that is not 1."""
    seed: bool = True
    web: bool = True
    """Whether the web client is built. Otherwise NGINX serves the last build."""
    rate_limits: str = "on"
    trusted_proxies: int = TRUSTED_PROXIES
    """HELPDESK_TRUSTED_PROXIES: the proxies that append to X-Forwarded-For, NGINX included."""
    otlp_endpoint: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    """Variables for every service. They override those of the stack."""
    servers_only: bool = False
    """No service and no NGINX: for a restore."""
    quiet: bool = False
