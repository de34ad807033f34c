"""CORS: which other origins may call the API from a browser (Fetch Standard, section 3.2)."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
ALLOWED_HEADERS = ("Authorization", "Idempotency-Key", "If-Match", "Last-Event-ID", "X-Request-ID", "traceparent")
"""Request headers beyond the CORS-safelisted ones."""
EXPOSED_HEADERS = (
    "Content-Disposition",
    "ETag",
    "Location",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-ID",
)
"""Response headers beyond the CORS-safelisted ones."""


class Cors(CORSMiddleware):
    """Allows the listed origins, with the refresh cookie. Other origins get no CORS header at all: neither the methods
    nor that credentials are accepted elsewhere."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_credentials=True,
            allow_methods=METHODS,
            allow_headers=ALLOWED_HEADERS,
            expose_headers=EXPOSED_HEADERS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self.is_allowed_origin(Headers(scope=scope).get("origin", "")):

            async def send_with_vary(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message).add_vary_header("Origin")
                await send(message)

            await self.app(scope, receive, send_with_vary)
        else:
            await super().__call__(scope, receive, send)
