"""The HTTP server of a service. It stops without failing a request."""

import asyncio
import select
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import socket

import uvicorn
from fastapi import FastAPI

from common.settings import Settings

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection is kept. NGINX has to hang up first (`keepalive_timeout` of its upstreams, 2 s here, 60 s
usually): a POST that it sends while the service hangs up is lost, and may not be sent again."""

HANG_UP_SECONDS = 3
"""How long NGINX has for hanging up when the service stops; more than its `keepalive_timeout`."""

FINISH_SECONDS = 5
"""How long what is still under way then may take."""


class Server(uvicorn.Server):
    """Uvicorn, but for its end.

    Uvicorn closes its port with what waits there for being accepted, and every idle connection though a request may
    be on its way. Here the port is closed while nobody waits, and whoever keeps a connection is told with each answer
    (`Connection: close`) and has time to hang up. Signals are left to whoever runs this.
    """

    @classmethod
    def of(cls, app: FastAPI, settings: Settings) -> "Server":
        """Listens where the settings say once it serves."""
        return cls(
            uvicorn.Config(
                app,
                host=settings.http_host,
                port=settings.http_port,
                http="httptools",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=FINISH_SECONDS,
            )
        )

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none: the server stops first, what else runs in the process after it."""
        yield

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Returns when all requests that were sent are answered, or have taken too long."""
        await self._stop_listening()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        with suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP_SECONDS):
                while self.server_state.connections:  # noqa: ASYNC110 - uvicorn keeps a plain set
                    await asyncio.sleep(0.05)
        await super().shutdown(sockets)

    async def _stop_listening(self) -> None:
        waiting = select.poll()
        for server in self.servers:
            for listening in server.sockets:
                waiting.register(listening, select.POLLIN)
        quiet = 0
        while quiet < 3:  # one turn of the loop accepts, the next one makes the connection: then it is uvicorn's
            await asyncio.sleep(0)
            quiet = 0 if waiting.poll(0) else quiet + 1
        for server in self.servers:
            server.close()
