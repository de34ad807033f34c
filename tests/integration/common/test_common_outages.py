"""While MongoDB is away: alive, not ready, and every call is answered in words."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from common import mongo
from common.lifecycle import ServiceRunner
from common.mongo import Database
from stack.ports import free_port
from tests.integration.common.tiny import as_, tiny
from tests.support.eventually import eventually
from tests.support.servers import mongo_server
from tests.support.services import Installation, build
from tests.support.subprocesses import running_server


@pytest.fixture
async def nowhere() -> AsyncIterator[Database]:
    """A database where nobody listens."""
    url = f"mongodb://127.0.0.1:{free_port()}/nowhere?directConnection=true"
    async with mongo.connect(url, name="test", seconds=0.3) as client:
        yield mongo.database(client)


async def test_a_call_is_answered_503_and_told_to_try_again(nowhere: Database) -> None:
    async with tiny(nowhere) as http:
        answer = await http.post("/samples", json={"name": "Casey"}, headers=as_("casey"))
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert (answer.json()["code"], answer.json()["request_id"]) == ("unavailable", answer.headers["X-Request-ID"])
    assert "127.0.0.1" not in answer.text


async def test_while_a_service_starts_calls_are_answered_with_the_reason(db: Database) -> None:
    async with tiny(db, starting=lambda: "The service is starting: its database can not be reached yet.") as http:
        answer = await http.post("/samples", json={"name": "Casey"}, headers=as_("casey"))
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        assert "is starting" in answer.json()["detail"]
        assert (await http.get("http://test/healthz")).status_code == 200


@asynccontextmanager
async def tickets_on(installation: Installation, url: str) -> AsyncIterator[httpx.AsyncClient]:
    """The tickets service, which need not be ready. It must also stop when its database is away: well before it would
    be killed."""
    settings = installation.settings("tickets", mongo_url=SecretStr(url), database_seconds=2)
    running = ServiceRunner(build("tickets", settings), "all")
    running.start()
    try:
        transport = httpx.ASGITransport(app=running.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", timeout=30) as http:
            yield http
    finally:
        await asyncio.wait_for(running.stop(), 20)


async def test_a_service_starts_before_its_database_and_says_what_it_waits_for(
    installation: Installation, tmp_path: Path
) -> None:
    server = mongo_server(tmp_path, users={"tickets": "tickets secret"})
    async with tickets_on(installation, server.url_of("tickets")) as http:
        assert (await http.get("/healthz")).status_code == 200
        ready = await http.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        assert "not reachable since the start" in ready.json()["checks"]["database"]
        assert (await http.get("/api/v1/tickets")).status_code == 503
        async with running_server(server, tmp_path / "log") as switch:

            async def database_is_there() -> None:
                assert (await http.get("/readyz")).json()["checks"]["database"] == "ok"

            await eventually(database_is_there)
            assert (await http.get("/api/v1/tickets")).status_code == 401
            await switch.stop()

            async def says_it_is_away() -> None:
                answer = await http.get("/readyz")
                assert answer.status_code == 503
                assert answer.json()["checks"]["database"] != "ok"

            await eventually(says_it_is_away)
            assert (await http.get("/healthz")).status_code == 200
            await switch.start()
            await eventually(database_is_there)
