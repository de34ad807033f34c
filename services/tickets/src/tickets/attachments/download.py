"""Content as an answer, sent a piece at a time."""

from collections.abc import AsyncIterator

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tickets.attachments.document import Attachment
from tickets.attachments.names import content_disposition
from tickets.attachments.sniffing import served_as


class Download(Response):
    """A file, always to be saved and never to be shown or run in our name.

    Not Starlette's StreamingResponse: when the reader goes away, that one cancels whatever database operation is under
    way (docs/decisions/0010).
    """

    def __init__(self, attachment: Attachment, content: AsyncIterator[bytes]) -> None:
        headers = {
            "Content-Length": str(attachment.size),
            "Content-Disposition": content_disposition(attachment.name),
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        super().__init__(None, media_type=served_as(attachment.media_type), headers=headers)
        self._content = content

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Sends as fast as the reader takes it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for piece in self._content:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
