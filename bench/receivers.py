"""An SMTP server and an SSE client that record when an event with a given correlation id arrives."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from aiosmtpd.smtp import SMTP

from bench.http_client import build_request

_CORRELATION_ID = re.compile(rb"\bbench-[0-9a-f]{12}\b")


def new_correlation_id() -> str:
    """To be put into the title of a ticket."""
    return f"bench-{uuid4().hex[:12]}"


class Receiver:
    """Arrival times by correlation id: monotonic clock, ns."""

    def __init__(self) -> None:
        self._arrivals: dict[str, asyncio.Future[int]] = {}

    async def wait_for(self, correlation_id: str, timeout: float) -> int:
        """The time of the first arrival. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            return await asyncio.shield(self._arrival(correlation_id))

    def record(self, content: bytes) -> None:
        now = time.monotonic_ns()
        for found in _CORRELATION_ID.findall(content):
            arrival = self._arrival(found.decode())
            if not arrival.done():
                arrival.set_result(now)

    def _arrival(self, correlation_id: str) -> asyncio.Future[int]:
        return self._arrivals.setdefault(correlation_id, asyncio.get_running_loop().create_future())


class _RecordingHandler(Receiver):
    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.record(envelope.content)
        return "250 OK"


@asynccontextmanager
async def receive_smtp(port: int) -> AsyncIterator[Receiver]:
    """An SMTP server on 127.0.0.1 that discards all mails."""
    handler = _RecordingHandler()
    # Without a hostname, aiosmtpd resolves the name of the machine at every connection.
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, hostname="localhost"), host="127.0.0.1", port=port
    )
    async with server:
        yield handler


@asynccontextmanager
async def receive_sse(port: int, path: str, token: str | None = None) -> AsyncIterator[Receiver]:
    """A client that is subscribed to a stream of server-sent events."""
    receiver = Receiver()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(build_request("GET", path, token=token).encode())
    status = await reader.readline()
    if b" 200 " not in status:
        raise RuntimeError(f"the event stream answered {status.decode().strip()}")
    while (await reader.readline()).strip():
        pass
    await reader.readline()  # the first line of the stream: the subscription exists

    async def read() -> None:
        while line := await reader.readline():
            receiver.record(line)

    reading = asyncio.create_task(read())
    try:
        yield receiver
    finally:
        reading.cancel()
        writer.close()
