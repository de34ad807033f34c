"""Liveness, readiness and metrics. The ingress routes none of these."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

Probe = Callable[[], Awaitable[str | None]]
"""Returns None when healthy, else what is missing. Bounds its own time."""


class Health(BaseModel):
    """`checks` maps each dependency to `ok` or the problem."""

    ready: bool
    checks: dict[str, str]


def health_router(probes: Mapping[str, Probe]) -> APIRouter:
    """`probes` run at each call."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        """The event loop runs. The database is not checked: a restart would not bring it back."""
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready(response: Response) -> Health:
        """503, with the reasons, while this process lacks a dependency."""
        answers = await asyncio.gather(*(probe() for probe in probes.values()))
        checks = {name: answer or "ok" for name, answer in zip(probes, answers, strict=True)}
        health = Health(ready=not any(answers), checks=checks)
        response.status_code = 200 if health.ready else 503
        return health

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
