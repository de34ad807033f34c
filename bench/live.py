"""Somebody who listens to a live stream and notes when each mark came."""

import asyncio
import re
import time
from typing import Self

from bench.connection import request

_MARK = re.compile(rb"\b(mark-[0-9a-f]+)\b")


class Listener:
    """For the time of the block."""

    def __init__(self, port: int, path: str, token: str | None = None) -> None:
        self._port = port
        self._request = request("GET", path, token=token)
        self._arrivals: dict[str, asyncio.Future[int]] = {}

    async def __aenter__(self) -> Self:
        reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writer.write(self._request)
        status = await reader.readline()
        if b" 200 " not in status:
            raise RuntimeError(f"the live stream answered {status.decode().strip()}")
        while (await reader.readline()).strip():
            pass
        await reader.readline()  # the first word of the stream: it listens now
        self._reading = asyncio.create_task(self._read(reader))
        return self

    async def __aexit__(self, *_: object) -> None:
        self._reading.cancel()
        self._writer.close()

    async def arrival(self, mark: str, within: float) -> int:
        """When it came: monotonic clock, ns. Raises TimeoutError."""
        async with asyncio.timeout(within):
            return await asyncio.shield(self._arrival_of(mark))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while line := await reader.readline():
            now = time.monotonic_ns()
            for found in _MARK.findall(line):
                arrival = self._arrival_of(found.decode())
                if not arrival.done():
                    arrival.set_result(now)

    def _arrival_of(self, mark: str) -> asyncio.Future[int]:
        return self._arrivals.setdefault(mark, asyncio.get_running_loop().create_future())
