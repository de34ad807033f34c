"""A server of one test, to be stopped and started again with its data."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from stack import processes
from stack.mongo import MongoServer
from stack.nats import NatsServer


class Switch:
    """Turns one server off and on."""

    def __init__(self, server: MongoServer | NatsServer, log: Path) -> None:
        self._server = server
        self._log = log
        self._process: processes.Process | None = None

    async def on(self) -> None:
        """Returns when it answers."""
        self._server.write_files()
        self._process = await processes.spawn(self._server.command(), log=self._log)
        await asyncio.wait_for(self._server.wait_ready(), 60)

    async def off(self) -> None:
        """Returns when it is gone."""
        if self._process is not None:
            await self._process.stop(signal.SIGTERM, 20)
            self._process = None


@asynccontextmanager
async def switched_on(server: MongoServer | NatsServer, log: Path) -> AsyncIterator[Switch]:
    """Running at first, and gone after the block."""
    switch = Switch(server, log)
    try:
        await switch.on()
        yield switch
    finally:
        await switch.off()
