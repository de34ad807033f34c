"""Calls of any route of any service, by its operation id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.support.people import Person
from tests.support.world import World


@dataclass(frozen=True)
class Route:
    """Where a call goes."""

    service: str
    method: str
    path: str


@dataclass(frozen=True)
class Call:
    """What is sent. `path` fills the names in the path; `by` is somebody else than the one whose row it is."""

    path: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    files: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    by: Person | None = None


def routes_of(world: World) -> dict[str, Route]:
    """All there are, by operation id."""
    return {
        operation["operationId"]: Route(service, method.upper(), path)
        for service, running in world.services.items()
        for path, operations in running.app.openapi()["paths"].items()
        for method, operation in operations.items()
    }


async def answered(world: World, route: Route, call: Call, token: str | None) -> httpx.Response:
    headers = {**call.headers, **({"Authorization": f"Bearer {token}"} if token is not None else {})}
    return await world.services[route.service].http.request(
        route.method,
        route.path.format(**call.path),
        json=call.body,
        params=call.query,
        files=call.files,
        headers=headers,
    )
