"""Everything that runs during a benchmark: a complete stack, the baseline programs, and the calibration server.

Port P and the 49 after it belong to the stack, P+50 to the baseline's NGINX, P+51 to the SMTP server, P+52 to the
baseline server, P+53 to the calibration server.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import calibration
from bench.baseline.context import Context
from bench.machine import CpuMeter
from bench.receivers import Receiver, receive_smtp
from common.services import SERVICES
from stack import processes
from stack.nginx import NginxServer
from stack.paths import CHECKOUT
from stack.ports import free_range
from stack.processes import Process
from stack.readiness import wait_for_port

START_SECONDS = 120
BASELINE_PATH = "/api/v1/tickets/baseline/"
"""The endpoints of bench/baseline/server.py. Its NGINX is the same program with the same configuration as Helpdesk's
own, except for the upstream ports."""

_NGINX, _SMTP, _SERVER, _CALIBRATION, _SPAN = 50, 51, 52, 53, 60


@dataclass(frozen=True)
class Environment:
    description: dict[str, Any]
    """The stack's stack.json."""
    context: Context
    helpdesk_port: int
    baseline_port: int
    calibration_port: int
    smtp: Receiver
    pids: dict[str, int]
    """By process name, those of the stack and of the baseline."""

    def cpu_meter(self, *names: str) -> CpuMeter:
        return CpuMeter({name: self.pids[name] for name in names})


@asynccontextmanager
async def running_environment(directory: Path, report: Callable[[str], None]) -> AsyncIterator[Environment]:
    """Raises FileExistsError if the directory contains data of an earlier run."""
    base = free_range(_SPAN)
    for name in ("stack", "baseline", "calibration"):
        (directory / name).mkdir(parents=True)
    async with AsyncExitStack() as cleanup:
        smtp = await cleanup.enter_async_context(receive_smtp(base + _SMTP))
        report("starting the stack …")
        description = await cleanup.enter_async_context(_running_stack(directory / "stack", base))
        report("starting the baseline …")
        context = Context(
            port=base + _SERVER,
            mongo_url=description["mongo_url"],
            nats_url=description["nats_url"],
            nats_passwords=description["nats_users"],
            smtp_port=base + _SMTP,
        )
        pids = {each["name"]: each["pid"] for each in description["processes"]}
        pids |= await cleanup.enter_async_context(_running_baseline(directory / "baseline", base + _NGINX, context))
        await cleanup.enter_async_context(calibration.serve_file(directory / "calibration", base + _CALIBRATION))
        yield Environment(description, context, base, base + _NGINX, base + _CALIBRATION, smtp, pids)


@asynccontextmanager
async def _running_stack(directory: Path, base: int) -> AsyncIterator[dict[str, Any]]:
    """Yields the stack's description."""
    log, description = directory / "up.log", directory / "stack.json"
    environment = {**os.environ, "HELPDESK_PORT": str(base), "HELPDESK_RATE_LIMITS": "off"}
    command = [sys.executable, "-m", "stack", "up", "--data-dir", str(directory), "--smtp", f"127.0.0.1:{base + _SMTP}"]
    # SIGTERM as death signal, too: so the supervisor stops its components in order.
    supervisor = await processes.spawn(command, log=log, environment=environment, death_signal=signal.SIGTERM)
    try:
        async with asyncio.timeout(START_SECONDS):
            while not description.exists():
                if not supervisor.running:
                    raise RuntimeError(f"the stack did not start: {processes.last_line(log)}")
                await asyncio.sleep(0.1)
        yield json.loads(description.read_text())
    finally:
        await supervisor.stop(signal.SIGTERM, grace=60)


@asynccontextmanager
async def _running_baseline(directory: Path, port: int, context: Context) -> AsyncIterator[dict[str, int]]:
    """Yields the pids by process name."""
    started: dict[str, Process] = {}
    try:
        for name in ("server", "smtp_consumer"):
            started[f"baseline {name}"] = await processes.spawn(
                [sys.executable, "-m", f"bench.baseline.{name}"],
                log=directory / f"{name}.log",
                environment={**os.environ, **context.to_environment()},
                directory=CHECKOUT,
            )
        nginx = NginxServer(
            directory / "nginx",
            port,
            {service: [context.port] for service in SERVICES},
            access_log=directory / "access.log",
            rate_limits="off",
        )
        nginx.write_files()
        started["baseline nginx"] = await processes.spawn(
            nginx.command(), log=directory / "nginx.log", death_signal=signal.SIGTERM
        )
        async with asyncio.timeout(30):
            await asyncio.gather(nginx.wait_ready(), wait_for_port(context.port))
        yield {name: process.pid for name, process in started.items()}
    finally:
        await asyncio.gather(*(process.stop(signal.SIGTERM, grace=5) for process in started.values()))
