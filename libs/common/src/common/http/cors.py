"""Which web pages of other origins may call the API from a browser (CORS: Fetch Standard, section 3.2)."""

from collections.abc import Sequence

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
SENT = ("Authorization", "Idempotency-Key", "If-Match", "Last-Event-ID", "X-Request-ID", "traceparent")
"""What pages may send besides what every page may."""
READ = (
    "Content-Disposition",
    "ETag",
    "Location",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-ID",
)
"""What pages may read of an answer besides what every page may."""


class Cors(CORSMiddleware):
    """Lets pages of the listed origins in, with the refresh cookie. Other origins are told nothing at all: not which
    methods there are, and not that others may send credentials."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_credentials=True,
            allow_methods=METHODS,
            allow_headers=SENT,
            expose_headers=READ,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not self.is_allowed_origin(Headers(scope=scope).get("origin", "")):

            async def varied(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message).add_vary_header("Origin")
                await send(message)

            await self.app(scope, receive, varied)
        else:
            await super().__call__(scope, receive, send)
