"""Creates a FastAPI application with the conventions that all services share."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import APIRouter, FastAPI

from common.http import problems
from common.http.cors import Cors
from common.http.health import Probe, health_router
from common.http.requests import RequestContext
from common.http.response_headers import ResponseHeaders
from common.http.state import AppState

PREFIX = "/api/v1"

_ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"model": problems.Problem} for status in (400, 401, 403, 404, 409, 412, 413, 422, 429, 503)
}


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """Documents errors with their real media type; FastAPI documents that of the route's success response."""
        document = super().openapi()
        operations = (operation for path in document["paths"].values() for operation in path.values())
        for response in (operation["responses"][str(status)] for operation in operations for status in _ERRORS):
            [described] = response["content"].values()
            response["content"] = {"application/problem+json": described}
        return document


def create_app(
    name: str,
    routers: Sequence[APIRouter],
    probes: Mapping[str, Probe],
    state: AppState,
    *,
    starting: Callable[[], str | None],
) -> FastAPI:
    """`routers` give paths below /api/v1. OpenAPI is at /api/v1/<name>/openapi.json.

    While `starting` returns a reason, every request except health checks is answered 503 with it.
    """
    app = _App(
        title=f"Helpdesk {name}",
        version="1",
        openapi_url=f"{PREFIX}/{name}/openapi.json",
        docs_url=None,
        redoc_url=None,
        # A redirect takes scheme and host from the request: behind TLS, a body would be repeated over plain HTTP.
        redirect_slashes=False,
        responses=_ERRORS,
        # The function's name alone: generated clients name the operation by it.
        generate_unique_id_function=lambda route: route.name,
        # RequestContext records them. FastAPI's own span includes the query string, which may hold a customer's words.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.services = state
    problems.install_handlers(app)
    app.include_router(health_router(probes))
    for router in routers:
        app.include_router(router, prefix=PREFIX)
    app.add_middleware(RequestContext, starting=starting, trusted_proxies=state.settings.trusted_proxies)
    # The last one added is the outermost.
    if state.settings.cors_origins:
        # A page can read every problem, including the 503 of a starting service.
        app.add_middleware(Cors, origins=state.settings.cors_origins)
    app.add_middleware(ResponseHeaders, https=state.settings.public_url.startswith("https://"))
    return app
