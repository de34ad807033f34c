"""The HTTP server of a service. It shuts down without failing a request."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socket import socket

import uvicorn
from fastapi import FastAPI

from common.settings import Settings

KEEP_ALIVE_SECONDS = 75
"""How long an idle connection is kept. NGINX must close it first (`keepalive_timeout` of its upstreams: 2 s here, 60 s
by default): a POST sent while the service closes the connection is lost and must not be repeated."""

DRAIN_SECONDS = 3
"""How long NGINX may keep idle connections when the service stops; more than its `keepalive_timeout`."""

GRACEFUL_TIMEOUT_SECONDS = 5
"""How long requests in progress may take after that."""


class Server(uvicorn.Server):
    """Uvicorn with another shutdown.

    Uvicorn closes the port with connections still in its backlog, and idle connections although a request may be on its
    way. This server first accepts the backlog, answers with `Connection: close`, and gives clients time to close their
    connections. Signals are left to the caller.
    """

    @classmethod
    def of(cls, app: FastAPI, settings: Settings) -> "Server":
        config = uvicorn.Config(
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
            timeout_graceful_shutdown=GRACEFUL_TIMEOUT_SECONDS,
        )
        return cls(config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Captures none: the caller stops the server first, then the rest of the process."""
        yield

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Returns when all received requests are answered or have timed out."""
        await self._stop_listening()
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        with suppress(TimeoutError):
            async with asyncio.timeout(DRAIN_SECONDS):
                while self.server_state.connections:  # noqa: ASYNC110 - uvicorn keeps a plain set
                    await asyncio.sleep(0.05)
        await super().shutdown(sockets)

    async def _stop_listening(self) -> None:
        # Duplicated descriptors keep the port open while the loop's own sockets close: the backlog is not refused.
        copies = [socket(fileno=os.dup(each.fileno())) for server in self.servers for each in server.sockets]
        for server in self.servers:
            server.close()
        for copy in copies:
            backlog = list(_accept_backlog(copy))
            copy.close()
            for connection in backlog:
                await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)

    def _protocol(self) -> asyncio.Protocol:
        protocol: type[asyncio.Protocol] = self.config.http_protocol_class
        return protocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)  # type: ignore[call-arg]


def _accept_backlog(listening: socket) -> Iterator[socket]:
    listening.setblocking(False)
    while True:
        try:
            connection, _ = listening.accept()
        except BlockingIOError:
            return
        except ConnectionError:
            continue  # closed before it was accepted
        connection.setblocking(False)
        yield connection
