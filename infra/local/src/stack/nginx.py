"""NGINX before the services. infra/nginx, which the container image shares, says what it does; this module renders the
main file with the ports, paths and upstreams of one run.
"""

import grp
import os
import pwd
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from stack import binaries, paths, ports
from stack.readiness import wait_for_http


@dataclass(frozen=True)
class NginxServer:
    directory: Path
    port: int
    upstreams: Mapping[str, Sequence[int]]
    """Service -> ports of its replicas on this machine."""
    access_log: Path
    rate_limits: str = "on"
    proxies_in_front: int = 0
    binary_cache: Path | None = None

    def command(self) -> list[str]:
        # -e: errors in the configuration itself are logged here as well, not at a compiled-in path.
        start = [*binaries.nginx(self.binary_cache), "-e", "stderr"]
        return [*start, "-p", f"{self.directory}/", "-c", str(self._configuration)]

    def write_files(self) -> None:
        configuration = self._configuration.parent
        configuration.mkdir(parents=True, exist_ok=True)
        for shared in paths.NGINX_CONFIGURATION.glob("*.conf"):
            shutil.copyfile(shared, configuration / shared.name)
        self._configuration.write_text(self.render())

    async def wait_ready(self) -> None:
        await wait_for_http(f"http://127.0.0.1:{self.port}/")

    def render(self) -> str:
        """The main file."""
        listens = [f"listen 127.0.0.1:{self.port};"]
        if ports.has_ipv6_loopback():
            listens.append(f"listen [::1]:{self.port};")
        root = paths.WEB_BUILD if (paths.WEB_BUILD / "index.html").exists() else paths.PLACEHOLDER
        lines = [
            "daemon off;",
            *worker_user(),
            "worker_processes 2;",
            "worker_shutdown_timeout 2s;",  # event streams do not end on their own
            "pid nginx.pid;",
            "error_log stderr warn;",
            "events { worker_connections 4096; }",
            "http {",
            f'    map "" $rate_limits {{ default "{self.rate_limits}"; }}',
            f'    map "" $proxies_in_front {{ default "{self.proxies_in_front}"; }}',
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
            # A replica is never marked as failed: one that is down refuses at once, and NGINX tries the next. Marked as
            # failed, it would be skipped when it is up again while the other one restarts.
            lines += [f"    server 127.0.0.1:{port} max_fails=0;" for port in replicas]
            lines += ["    include upstream.conf;", "}"]
        return lines

    @property
    def _configuration(self) -> Path:
        return self.directory / "conf" / "nginx.conf"


def worker_user() -> list[str]:
    """Started as root, workers would otherwise run as `nobody`, who cannot read a checkout in root's home directory."""
    if os.geteuid() != 0:
        return []
    return [f"user {pwd.getpwuid(os.geteuid()).pw_name} {grp.getgrgid(os.getegid()).gr_name};"]
