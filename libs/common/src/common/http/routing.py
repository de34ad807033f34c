"""The router that every feature's routes use."""

from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from functools import wraps
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from common.http.schemas import View

_version: ContextVar[int | None] = ContextVar("version", default=None)


class _VersionedRoute(APIRoute):
    """Answers with an `ETag` where the endpoint returns the view of one aggregate (RFC 9110 section 8.8.3)."""

    def __init__(self, path: str, endpoint: Callable[..., Awaitable[Any]], **options: Any) -> None:
        @wraps(endpoint)
        async def remember_version(*args: Any, **kwargs: Any) -> Any:
            result = await endpoint(*args, **kwargs)
            _version.set(result.etag_version if isinstance(result, View) else None)
            return result

        super().__init__(path, remember_version, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_versioned(request: Request) -> Response:
            _version.set(None)
            response = await handle(request)
            if (version := _version.get()) is not None:
                response.headers["ETag"] = f'"{version}"'
            return response

        return handle_versioned


class Router(APIRouter):
    """Paths are below /api/v1."""

    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=_VersionedRoute, **options)
