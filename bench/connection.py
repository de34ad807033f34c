"""One keep-alive HTTP/1.1 connection that asks one thing at a time: as little client as can be.

A general HTTP client costs about as much CPU per request as the service that is measured, and on the same machine.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass

import httptools


@dataclass(frozen=True)
class Answer:
    """Times are of the machine's monotonic clock, in ns: the last byte of the request, and of the answer."""

    status: int
    body: bytes
    asked_at: int
    answered_at: int

    @property
    def nanoseconds(self) -> int:
        return self.answered_at - self.asked_at


def request(method: str, path: str, *, token: str | None = None, body: Mapping[str, object] | None = None) -> bytes:
    """A whole request, ready to be sent any number of times."""
    content = json.dumps(body).encode() if body is not None else b""
    headers = {"Host": "localhost", "Accept": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None:
        headers |= {"Content-Type": "application/json", "Content-Length": str(len(content))}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode() + content


class Connection(asyncio.Protocol):
    """Opens itself when needed, and anew after the server closed it (NGINX does after 1000 requests)."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._body = bytearray()
        self._asked_at = 0
        self._waiting: asyncio.Future[Answer] | None = None

    async def ask(self, what: bytes) -> Answer:
        """Raises OSError when there is nobody, or when the connection is lost before the answer is complete."""
        loop = asyncio.get_running_loop()
        if self._transport is None or self._transport.is_closing():
            self._parser = httptools.HttpResponseParser(self)
            self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        self._waiting = loop.create_future()
        self._body.clear()
        self._asked_at = time.monotonic_ns()
        self._transport.write(what)
        return await self._waiting

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(ConnectionError(f"not HTTP: {error}"))
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._fail(ConnectionError(str(exc or "the server hung up before it answered")))

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        answered_at = time.monotonic_ns()
        if not self._parser.should_keep_alive():
            self.close()
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(Answer(self._parser.get_status_code(), bytes(self._body), self._asked_at, answered_at))

    def _fail(self, error: Exception) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)
