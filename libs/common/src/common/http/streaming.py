"""A streamed response whose memory does not grow with its size."""

import asyncio
from collections.abc import AsyncIterator
from typing import Self

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class StreamedResponse(Response):
    """Reads the next chunk when the client has taken the previous one.

    Starlette's StreamingResponse cancels the running database operation when the client disconnects
    (docs/decisions/0010); this class reads no further chunk instead. An error aborts the connection, so that a client
    cannot take a part for the whole.
    """

    def __init__(
        self, first: bytes, more: AsyncIterator[bytes], *, media_type: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(None, media_type=media_type, headers=headers)
        del self.headers["content-length"]
        self._first = first
        self._more = more

    @classmethod
    async def of(cls, chunks: AsyncIterator[bytes], *, media_type: str, headers: dict[str, str] | None = None) -> Self:
        """Waits for the first chunk: an error before it is answered like any other error."""
        return cls(await anext(chunks), chunks, media_type=media_type, headers=headers)

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        disconnected = asyncio.create_task(_wait_for_disconnect(receive), name="stream: reader")
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self._first, "more_body": True})
            async for chunk in self._more:
                if disconnected.done():
                    return
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            disconnected.cancel()


async def _wait_for_disconnect(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
