"""An answer that is sent as it is made, in memory that does not grow with it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Self

from starlette.responses import Response
from starlette.types import Receive, Scope, Send


class StreamedResponse(Response):
    """Each piece is asked for when the reader has taken the one before.

    Not Starlette's StreamingResponse: when the reader goes away, that one cancels whatever database operation is under
    way (docs/decisions/0010). This one asks for no further piece. What fails on the way breaks the connection off, so
    that nobody takes a part for the whole.
    """

    def __init__(
        self, first: bytes, more: AsyncIterator[bytes], *, media_type: str, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(None, media_type=media_type, headers=headers)
        del self.headers["content-length"]
        self._first = first
        self._more = more

    @classmethod
    async def of(cls, pieces: AsyncIterator[bytes], *, media_type: str, headers: dict[str, str] | None = None) -> Self:
        """Waits for the first piece: what fails before there is any is answered like every other failure."""
        return cls(await anext(pieces), pieces, media_type=media_type, headers=headers)

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(_until_gone(receive), name="stream: reader")
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            await send({"type": "http.response.body", "body": self._first, "more_body": True})
            async for piece in self._more:
                if gone.done():
                    return
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
