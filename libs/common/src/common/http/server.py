"""The HTTP server of a service. It stops without failing a request."""

import asyncio
import os
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
    be on its way. Here the port is closed once nobody waits, and whoever keeps a connection is told with each answer
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
        # While the loop's own sockets are closed, copies keep the port open, so that nobody is turned away unheard.
        copies = [socket(fileno=os.dup(each.fileno())) for server in self.servers for each in server.sockets]
        for server in self.servers:
            server.close()
        for copy in copies:
            waiting = list(_accepted(copy))
            copy.close()
            for connection in waiting:
                await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        protocol: type[asyncio.Protocol] = self.config.http_protocol_class
        return protocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]


def _accepted(listening: socket) -> Iterator[socket]:
    """Whoever waits there now."""
    listening.setblocking(False)
    while True:
        try:
            connection, _ = listening.accept()
        except BlockingIOError:
            return
        except ConnectionError:
            continue  # hung up before it was heard
        connection.setblocking(False)
        yield connection
