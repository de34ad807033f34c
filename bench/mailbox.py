"""The SMTP server both sides hand their mails to. It notes when each came, and lets who waits for one know."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP

_MARK = re.compile(rb"^Subject: .*\b(mark-[0-9a-f]+)\b", re.MULTILINE)


class Mailbox:
    """Knows mails by the mark in their subject; those without one are taken and forgotten."""

    def __init__(self) -> None:
        self._arrivals: dict[str, asyncio.Future[int]] = {}

    async def arrival(self, mark: str, within: float) -> int:
        """When that mail was there whole: monotonic clock, ns. Raises TimeoutError."""
        async with asyncio.timeout(within):
            return await asyncio.shield(self._arrival_of(mark))

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        now = time.monotonic_ns()
        if found := _MARK.search(envelope.content):
            arrival = self._arrival_of(found[1].decode())
            if not arrival.done():
                arrival.set_result(now)
        return "250 kept"

    def _arrival_of(self, mark: str) -> asyncio.Future[int]:
        return self._arrivals.setdefault(mark, asyncio.get_running_loop().create_future())


@asynccontextmanager
async def mailbox(port: int) -> AsyncIterator[Mailbox]:
    """Listens on 127.0.0.1 for the time of the block."""
    box = Mailbox()
    # With a hostname, or aiosmtpd would ask the resolver for ours at every connection.
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, hostname="localhost"), host="127.0.0.1", port=port
    )
    async with server:
        yield box
