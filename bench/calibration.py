"""Calibration of the machine: the rate at which plain NGINX serves a file of 1 kB, measured with wrk.

Requests per second cannot be compared between machines, or between different hours of a shared machine. Their share of
the calibration can be compared roughly, since that is the same minimal work everywhere.
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
from stack.readiness import wait_for_port

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
    {temp_paths}
    server {{
        listen 127.0.0.1:{port};
        location / {{ root html; }}
    }}
}}
"""


@asynccontextmanager
async def serve_file(directory: Path, port: int) -> AsyncIterator[None]:
    (directory / "html").mkdir()
    (directory / "html" / "1k").write_text("x" * 1024)
    configuration = directory / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temp_paths = " ".join(f"{kind}_temp_path temp_{kind};" for kind in kinds)
    configuration.write_text(_CONFIGURATION.format(port=port, temp_paths=temp_paths, user="\n".join(worker_user())))
    command = [*binaries.nginx(), "-e", "stderr", "-p", f"{directory}/", "-c", str(configuration)]
    nginx = await processes.spawn(command, log=directory / "nginx.log", death_signal=signal.SIGTERM)
    try:
        async with asyncio.timeout(30):
            await wait_for_port(port)
        yield
    finally:
        await nginx.stop(signal.SIGTERM, grace=5)


async def measure_calibration(port: int, connections: int) -> float | None:
    """Requests per second; None without wrk."""
    wrk = shutil.which("wrk")
    if wrk is None:
        return None
    options = ("-t2", f"-c{connections}", f"-d{SECONDS}s")
    child = await asyncio.create_subprocess_exec(
        wrk, *options, f"http://127.0.0.1:{port}/1k", stdout=asyncio.subprocess.PIPE
    )
    output = (await child.communicate())[0].decode()
    found = re.search(r"^Requests/sec:\s+([\d.]+)", output, re.MULTILINE)
    if child.returncode or found is None or "Non-2xx" in output:
        raise RuntimeError(f"wrk failed: {output}")
    return float(found[1])
