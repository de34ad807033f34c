"""The front door. What NGINX does is written in infra/nginx; here is only what differs from run to run.

nginx.conf       ports, paths and upstreams of this run      rendered here
routes.conf      path -> service, from the Ingress           rendered here; a copy for the image is committed
http.conf server.conf proxy.conf uploads.conf stream.conf    shared with the container image, copied as they are
"""

import grp
import os
import pwd
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack import binaries, places, ports, routes
from stack.readiness import http_ready
from stack.routes import Route

WEB = "web"
"""The one backend that is not proxied: the client's files are served by NGINX itself."""


@dataclass(frozen=True)
class Special:
    """A path that needs more than its route gives."""

    location: str
    under: str
    """The route whose service answers it."""
    include: str


SPECIALS = (
    Special("~ ^/api/v1/tickets/[^/]+/attachments/?$", under="/api/v1/tickets", include="uploads.conf"),
    Special("= /api/v1/notifications/stream", under="/api/v1/notifications", include="stream.conf"),
)


@dataclass(frozen=True)
class NginxServer:
    directory: Path
    port: int
    upstreams: Mapping[str, Sequence[int]]
    """Service -> ports of its replicas on this machine."""
    access_log: Path
    rate_limits: str = "on"
    binary_cache: Path | None = None

    def command(self) -> list[str]:
        # -e: errors of reading the configuration itself go to our log too, not to a path compiled in.
        start = [*binaries.nginx(self.binary_cache), "-e", "stderr"]
        return [*start, "-p", f"{self.directory}/", "-c", str(self._configuration)]

    def write_files(self) -> None:
        configuration = self._configuration.parent
        configuration.mkdir(parents=True, exist_ok=True)
        for shared in places.NGINX_CONFIGURATION.glob("*.conf"):
            shutil.copyfile(shared, configuration / shared.name)
        (configuration / "routes.conf").write_text(render_routes(routes.read(places.INGRESS)))
        self._configuration.write_text(self.render())

    async def wait_ready(self) -> None:
        await http_ready(f"http://127.0.0.1:{self.port}/")

    def render(self) -> str:
        """The configuration of this run."""
        listens = [f"listen 127.0.0.1:{self.port};"]
        if ports.has_ipv6_loopback():
            listens.append(f"listen [::1]:{self.port};")
        root = places.WEB_BUILD if (places.WEB_BUILD / "index.html").exists() else places.PLACEHOLDER
        lines = [
            "daemon off;",
            *worker_user(),
            "worker_processes 2;",
            "worker_shutdown_timeout 2s;",  # live streams never end by themselves
            "pid nginx.pid;",
            "error_log stderr warn;",
            "events { worker_connections 4096; }",
            "http {",
            f'    map "" $rate_limits {{ default "{self.rate_limits}"; }}',
            "    include http.conf;",
            f'    access_log "{self.access_log}" json;',
            *(f"    {kind}_temp_path temp_{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")),
            *(f"    {line}" for line in self._upstream_lines()),
            "    server {",
            *(f"        {listen}" for listen in listens),
            f'        root "{root}";',
            "        include server.conf;",
            "        include routes.conf;",
            "    }",
            "}",
        ]
        return "\n".join(lines) + "\n"

    def _upstream_lines(self) -> list[str]:
        lines = []
        for service, replicas in self.upstreams.items():
            lines.append(f"upstream {service} {{")
            # Never set aside: here one that is away refuses at once, and the next is asked.
            # Set aside, it would still be so when it is back and the other one is being restarted.
            lines += [f"    server 127.0.0.1:{port} max_fails=0;" for port in replicas]
            lines += ["    include upstream.conf;", "}"]
        return lines

    @property
    def _configuration(self) -> Path:
        return self.directory / "conf" / "nginx.conf"


def render_routes(table: Sequence[Route]) -> str:
    """NGINX locations that route as `pathType: Prefix` does: by whole path elements."""
    lines = ["# Rendered from infra/k8s/base/ingress/ingress.yaml by `python -m stack routes`. Do not edit."]
    for special in SPECIALS:
        service = routes.service_for(table, special.under)
        lines.append(_location(special.location, f"include {special.include}; {_proxied(service or WEB)}"))
    for route in table:
        if route.service != WEB:
            lines.append(_location(f"= {route.path}", _proxied(route.service)))
            lines.append(_location(f"{route.path}/", _proxied(route.service)))
    return "\n".join(lines) + "\n"


def _location(match: str, body: str) -> str:
    return f"location {match} {{ {body} }}"


def _proxied(service: str) -> str:
    return f"include proxy.conf; proxy_pass http://{service};"


def worker_user() -> list[str]:
    """Started as root, workers would otherwise become `nobody`, who may not read a checkout in root's home."""
    if os.geteuid() != 0:
        return []
    return [f"user {pwd.getpwuid(os.geteuid()).pw_name} {grp.getgrgid(os.getegid()).gr_name};"]
