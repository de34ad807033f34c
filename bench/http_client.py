"""A keep-alive HTTP/1.1 connection with one request in flight.

A general HTTP client uses about as much CPU per request as the measured service, on the same machine.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httptools


@dataclass(frozen=True)
class Response:
    """`sent_at` is when the last byte of the request was written, `received_at` when the last byte of the response was
    read: monotonic clock, ns."""

    status: int
    body: bytes
    sent_at: int
    received_at: int

    @property
    def latency_ns(self) -> int:
        return self.received_at - self.sent_at


def build_request(method: str, path: str, *, token: str | None = None, body: Mapping[str, object] | None = None) -> str:
    """A complete request in ASCII, which can be sent any number of times."""
    content = json.dumps(body) if body is not None else ""
    headers = {"Host": "localhost", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n{content}"


class Connection(asyncio.Protocol):
    """Connects on demand, also after the server closed the connection (NGINX does after 1000 requests)."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._sent_at = 0
        self._pending: asyncio.Future[Response] | None = None

    async def send(self, request: str) -> Response:
        """Raises OSError if the connection is refused, or lost before the response is complete."""
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            self._parser = httptools.HttpResponseParser(self)
            self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        content = request.encode()
        self._pending = loop.create_future()
        self._body.clear()
        self._sent_at = time.monotonic_ns()
        self._transport.write(content)
        return await self._pending

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"invalid HTTP: {error}"))
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(ConnectionError(str(exc or "the server closed the connection before it responded")))

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        received_at = time.monotonic_ns()
        if not self._parser.should_keep_alive():
            self.close()
        pending, self._pending = self._pending, None
        if pending is not None and not pending.done():
            pending.set_result(Response(self._parser.get_status_code(), bytes(self._body), self._sent_at, received_at))

    def _fail(self, error: Exception) -> None:
        pending, self._pending = self._pending, None
        if pending is not None and not pending.done():
            pending.set_exception(error)
