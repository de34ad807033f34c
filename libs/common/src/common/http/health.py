"""Alive, ready, and measured. None of these is routed by the ingress."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

Probe = Callable[[], Awaitable[str | None]]
"""None when all is well, else a sentence that says what is missing. Bounds its own time."""


class Health(BaseModel):
    """`checks` gives each part's state: `ok`, or what is wrong."""

    ready: bool
    checks: dict[str, str]


def health_router(probes: Mapping[str, Probe]) -> APIRouter:
    """The routes; `probes` are asked anew at each call."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def alive() -> dict[str, str]:
        """The event loop turns. A failing database does not make a restart useful, so it is not looked at here."""
        return {"status": "alive"}

    @router.get("/readyz")
    async def ready(response: Response) -> Health:
        """503 while any part this process needs for its work is missing, with the reason."""
        answers = await asyncio.gather(*(probe() for probe in probes.values()))
        checks = {name: answer or "ok" for name, answer in zip(probes, answers, strict=True)}
        health = Health(ready=not any(answers), checks=checks)
        response.status_code = 200 if health.ready else 503
        return health

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
