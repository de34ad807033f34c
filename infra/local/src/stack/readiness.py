"""Waits for servers."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import httpx

_INTERVAL = 0.05


async def wait_until(probe: Callable[[], Awaitable[bool]]) -> None:
    """Polls until `probe` is true. The caller limits the time."""
    while not await probe():  # noqa: ASYNC110 - another process cannot set an event
        await asyncio.sleep(_INTERVAL)


async def wait_for_http(url: str) -> None:
    """Returns once GET `url` answers 200."""
    async with httpx.AsyncClient(timeout=2, trust_env=False) as client:

        async def answers() -> bool:
            try:
                return (await client.get(url)).status_code == httpx.codes.OK
            except httpx.TransportError:
                return False

        await wait_until(answers)


async def wait_for_port(port: int) -> None:
    """Returns once something accepts TCP connections on 127.0.0.1."""

    async def accepts() -> bool:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    await wait_until(accepts)
