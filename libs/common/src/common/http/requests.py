"""The middleware around every request: request id, client address, body limit, span, histogram and log line.

The request id is the correlation id of a request: NGINX and the service log it, the response and its problem carry it,
and events name it as their cause.
"""

import re
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.caller import caller_scope
from common.causation import Causation, causation_scope
from common.client_networks import parse_address
from common.http.problems import problem_response, unexpected
from common.principal import Principal
from common.telemetry import span

log = structlog.get_logger("http")

MAX_BODY_BYTES = 1_000_000
"""The default; `set_body_limit` raises it for one request."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._\-]{1,128}")
_NOT_LOGGED = {"/healthz", "/readyz", "/metrics"}

request_seconds = Histogram(
    "helpdesk_http_request_seconds",
    "Time until the response is complete.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2.5, 5),
)


def client_address(scope: Scope, trusted_proxies: int) -> str | None:
    """The client's address as the outermost of the trusted proxies saw it.

    Each proxy appends the address of its peer to X-Forwarded-For, so of n proxies the n-th last entry counts. Entries
    before it are what the client claims. Where there are fewer entries, or that one is no address, the request did not
    come through the proxies, and the peer counts."""
    if not scope.get("client"):
        return None
    peer = str(scope["client"][0])
    # A proxy may append to the client's header or add a header of its own (HAProxy): together they are one list.
    forwarded = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    if not 0 < trusted_proxies <= len(forwarded):
        return peer
    address = parse_address(forwarded[-trusted_proxies].strip())
    return peer if address is None else str(address)


def set_body_limit(request: Request, most: int) -> None:
    """Allows this request up to `most` bytes. Only for routes that read the body themselves: FastAPI reads a declared
    body before it calls the route."""
    request.state.max_body_bytes = most


class RequestContext:
    """As plain ASGI, so that nothing is buffered on the way."""

    def __init__(self, app: ASGIApp, *, starting: Callable[[], str | None], trusted_proxies: int) -> None:
        self._app = app
        self._starting = starting
        self._trusted_proxies = trusted_proxies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else str(uuid4())
        ip = client_address(scope, self._trusted_proxies)
        state = scope.setdefault("state", {})
        state.update(request_id=request_id, client_ip=ip)
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                answer = MutableHeaders(scope=message)
                answer["X-Request-ID"] = request_id
                for name, value in state.get("rate_limit_headers", {}).items():
                    answer.setdefault(name, value)  # a refusal states the limit that refused
            await send(message)

        method, path = scope["method"], scope["path"]
        attributes = {"http.request.method": method, "url.path": path}
        quiet = path in _NOT_LOGGED
        received = _limited(receive, headers, state)
        with (
            caller_scope(Request(scope, received).is_disconnected),
            structlog.contextvars.bound_contextvars(request_id=request_id),
            causation_scope(Causation(id=request_id, ip=ip, user_agent=headers.get("user-agent", "")[:500] or None)),
            span(f"{method} {path}", kind=SpanKind.SERVER, traceparent=headers.get("traceparent"), **attributes),
        ):
            try:
                if not quiet and (reason := self._starting()):
                    answer = problem_response(Request(scope), 503, "unavailable", reason, {"Retry-After": "1"})
                    await answer(scope, receive, send_with_id)
                else:
                    await self._app(scope, received, send_with_id)
            except Exception as error:
                if status == 0:
                    await unexpected(Request(scope), error)(scope, receive, send_with_id)
                else:
                    log.exception("response aborted")
            elapsed = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "unmatched")
            request_seconds.labels(method, route, str(status)).observe(elapsed)
            if not quiet:
                log.info(
                    "request",
                    method=method,
                    path=path,
                    status=status,
                    seconds=round(elapsed, 4),
                    ip=ip,
                    **_ids_of(state.get("principal")),
                )


def _ids_of(caller: Principal | None) -> dict[str, str]:
    """Log fields; none without a valid access token."""
    if caller is None:
        return {}
    return {
        "user_id": str(caller.user_id),
        "organisation_id": str(caller.organisation_id),
        "session_id": str(caller.session_id),
    }


def _limited(receive: Receive, headers: Headers, state: dict[str, Any]) -> Receive:
    """Refuses a body over the limit: by its declared length at once, by its real length while reading."""
    declared = headers.get("content-length", "")
    read = 0

    async def limited() -> Message:
        nonlocal read
        most: int = state.get("max_body_bytes", MAX_BODY_BYTES)
        too_large = HTTPException(413, f"The body exceeds {most:,} bytes.")
        if declared.isdigit() and int(declared) > most:
            raise too_large
        message = await receive()
        read += len(message.get("body", b""))
        if read > most:
            raise too_large
        return message

    return limited
