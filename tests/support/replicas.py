"""Another replica of a service, in a process of its own: `python -m <service> serve`."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from common.lifecycle import Role
from stack.ports import free_port
from tests.support.command_line import environment_of
from tests.support.eventually import eventually
from tests.support.services import Installation


@asynccontextmanager
async def replica(
    installation: Installation, service: str, role: Role = "all", *, log: Path | None = None, **changes: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """Its client, once it is ready; stopped by SIGTERM afterwards. It sees what services in the test's own process
    do, and they see what it does, only as replicas do. What it says goes to `log`."""
    port = free_port()
    settings = installation.settings(service, http_host="127.0.0.1", http_port=port, **changes)
    with (log or Path(os.devnull)).open("ab") as output:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", service, "serve", "--role", role),
            env=environment_of(settings),
            stdout=output,
            stderr=output,
        )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:

            async def is_ready() -> None:
                if process.returncode is not None:
                    raise RuntimeError(f"{service} ended with exit status {process.returncode}")
                try:
                    answer = await client.get("/readyz")
                except httpx.TransportError as error:
                    raise AssertionError(f"{service} does not answer yet") from error
                assert answer.status_code == 200, answer.text

            await eventually(is_ready, within=60, every=0.1)
            yield client
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
