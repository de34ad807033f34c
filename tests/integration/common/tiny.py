"""The smallest service: what every service's HTTP surface has, around one aggregate."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from fastapi import Request
from pydantic import Field, SecretStr

from common import clock
from common.errors import Conflict, Unauthenticated
from common.http.app import create_app
from common.http.idempotency import IdempotentRequest
from common.http.identity import CurrentUser
from common.http.rate_limits import enforce_rate_limit
from common.http.requests import MAX_BODY_BYTES, set_body_limit
from common.http.routing import Router
from common.http.schemas import Body, View
from common.http.state import AppState, CurrentAppState
from common.ids import derived_id
from common.messaging.broker import Broker
from common.messaging.dead_letter import DeadLetters
from common.mongo import ClientSession, Database
from common.principal import Identity, Principal
from common.rate_limits import RateLimit, RateLimiter
from common.settings import Settings
from tests.support.sample_aggregate import ORGANISATION, Sample

HEAVY_BYTES = 3 * MAX_BODY_BYTES


class NewSample(Body):
    """`changes` that are more than 9 are refused by the command, not by the schema."""

    name: str = Field(min_length=1, max_length=20)
    changes: int = 1


class SampleView(View):
    id: UUID
    changes: int


def routes(limit: RateLimit) -> Router:
    router = Router()

    @router.post("/samples", status_code=201)
    async def begin(new: NewSample, user: CurrentUser, idempotent: IdempotentRequest) -> SampleView:
        async def command(session: ClientSession | None) -> Sample:
            sample = Sample.new()
            for _ in range(new.changes - 1):
                sample.change(user.actor)
            await sample.commit(session)
            if new.changes > 9:
                raise Conflict("They are not deaf.")
            return sample

        return await idempotent.run(new, SampleView, command, by=user.user_id)

    @router.get("/samples/{sample_id}")
    async def show(sample_id: UUID, user: CurrentUser) -> SampleView:
        return SampleView.of(await Sample.load(sample_id, ORGANISATION))

    @router.post("/limited")
    async def limited(user: CurrentUser, request: Request, state: CurrentAppState) -> dict[str, str]:
        await enforce_rate_limit(request, limit, str(user.user_id))
        return {"said": "come in"}

    @router.post("/heavy")
    async def heavy(user: CurrentUser, request: Request) -> int:
        set_body_limit(request, HEAVY_BYTES)
        return sum([len(piece) async for piece in request.stream()])

    @router.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret of the inside")

    return router


class ByName:
    """An identity for tests: a token is a person's name."""

    async def principal(self, token: str) -> Principal:
        if token == "nobody":
            raise Unauthenticated("The access token is not valid.")
        return Principal(
            derived_id(token), ORGANISATION, "customer", derived_id("session", token), token, issued_at=clock.now()
        )


def as_(name: str, key: str | None = None) -> dict[str, str]:
    """Headers of a request by that person."""
    return {"Authorization": f"Bearer {name}", **({"Idempotency-Key": key} if key else {})}


@asynccontextmanager
async def tiny(
    db: Database,
    *,
    identity: Identity | None = None,
    limit: RateLimit = RateLimit("limited", 3, timedelta(hours=1)),  # noqa: B008 - frozen
    starting: Callable[[], str | None] = lambda: None,
    **changes: Any,
) -> AsyncIterator[httpx.AsyncClient]:
    """Its client. `db` is where it keeps everything."""
    settings = Settings(
        public_url="https://desk.example.com",
        mongo_url=SecretStr("not used here"),
        nats_user="nobody",
        nats_password=SecretStr("not used here"),
        **changes,
    )
    nowhere = Broker("nats://127.0.0.1:1", "tickets", "", name="nowhere")
    limits = RateLimiter(db, enforced=settings.rate_limits)
    parts = AppState(settings, db, identity or ByName(), limits, DeadLetters(nowhere, "tickets"))
    app = create_app("tiny", [routes(limit)], {}, parts, starting=starting)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test/api/v1") as client:
        yield client
