"""The security headers of every response. An ingress may send the API straight to a service, so NGINX is not enough."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HTML_FORM_POLICY = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""The Content-Security-Policy of a page that has one form and no script, style or image."""

_DEFAULTS = {
    "Cache-Control": "no-store",  # nearly every response has personal data
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",  # the URL of the unsubscribe page has a token
}
_HSTS = "max-age=31536000; includeSubDomains"


class ResponseHeaders:
    """The outermost middleware. A route's own header replaces the default.

    With `https`, also Strict-Transport-Security (RFC 6797).
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._defaults = {**_DEFAULTS, "Strict-Transport-Security": _HSTS} if https else _DEFAULTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._defaults.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)
