"""The machine's own measure: how often NGINX hands out a file of 1 kB, as wrk counts it.

Requests per second of different machines can not be compared, and neither can those of one shared machine at different
hours. Shares of this can, roughly: it is the same work everywhere, and as little as a web server can do.
"""

import asyncio
import re
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from stack import binaries, processes
from stack.nginx import worker_user
from stack.readiness import port_open

SECONDS = 2
_CONFIGURATION = """\
{user}
daemon off;
worker_processes auto;
pid nginx.pid;
error_log stderr warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        location / {{ root html; }}
    }}
}}
"""


@asynccontextmanager
async def serving(directory: Path, port: int) -> AsyncIterator[None]:
    """Plain NGINX, for the time of the block."""
    (directory / "html").mkdir()
    (directory / "html" / "1k").write_text("x" * 1024)
    configuration = directory / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path temp_{kind};" for kind in kinds)
    configuration.write_text(_CONFIGURATION.format(port=port, temporary=temporary, user="\n".join(worker_user())))
    command = [*binaries.nginx(), "-e", "stderr", "-p", f"{directory}/", "-c", str(configuration)]
    nginx = await processes.spawn(command, log=directory / "nginx.log", death_signal=signal.SIGTERM)
    try:
        async with asyncio.timeout(30):
            await port_open(port)
        yield
    finally:
        await nginx.stop(signal.SIGTERM, grace=5)


async def requests_per_second(port: int, connections: int) -> float | None:
    """None where there is no wrk."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return None
    options = ("-t2", f"-c{connections}", f"-d{SECONDS}s")
    child = await asyncio.create_subprocess_exec(
        wrk, *options, f"http://127.0.0.1:{port}/1k", stdout=asyncio.subprocess.PIPE
    )
    said = (await child.communicate())[0].decode()
    found = re.search(r"^Requests/sec:\s+([\d.]+)", said, re.MULTILINE)
    if child.returncode or found is None or "Non-2xx" in said:
        raise RuntimeError(f"wrk said: {said}")
    return float(found[1])
