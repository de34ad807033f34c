"""Waiting for a server to answer."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import httpx

_EVERY = 0.05


async def until(probe: Callable[[], Awaitable[bool]]) -> None:
    """Ask until the answer is yes. Without a limit of its own: the caller has one."""
    while not await probe():  # noqa: ASYNC110 - another process sets no event of ours
        await asyncio.sleep(_EVERY)


async def http_ready(url: str) -> None:
    """Until GET `url` answers 200."""
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:

        async def answers() -> bool:
            try:
                return (await client.get(url)).status_code == httpx.codes.OK
            except httpx.TransportError:
                return False

        await until(answers)


async def port_open(port: int) -> None:
    """Until something accepts TCP connections on 127.0.0.1."""

    async def accepts() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    await until(accepts)
