"""One table, said in four ways: Ingress, Gateway API, OpenShift's Routes, and NGINX, which is asked for real."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from cluster.routing import http_route, openshift_routes
from common.services import SERVICES
from stack import openapi, places, processes, routes
from stack.nginx import WEB, NginxServer
from stack.ports import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")

MEGABYTE = 1_000_000
FIRST = b"data: first\n\n"


@dataclass(frozen=True)
class Backend:
    """A stand-in for a service: says who it is, and how much it was sent. A stream it begins, and leaves open."""

    name: str
    port: int

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next((int(line[15:]) for line in head.splitlines() if line.startswith("content-length:")), 0)
        received = len(await reader.readexactly(length))
        if head.split()[1].endswith("/stream"):
            writer.write(self._head + b"Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            writer.write(b"%x\r\n%s\r\n" % (len(FIRST), FIRST))
            await writer.drain()
            await reader.read()  # until the other side hangs up
        else:
            body = str(received).encode()
            writer.write(self._head + b"Connection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        writer.close()

    @property
    def _head(self) -> bytes:
        return f"HTTP/1.1 200 OK\r\nAnswered-By: {self.name}\r\n".encode()


@asynccontextmanager
async def backend(name: str) -> AsyncIterator[Backend]:
    stand_in = Backend(name, free_port())
    server = await asyncio.start_server(stand_in.answer, "127.0.0.1", stand_in.port)
    try:
        yield stand_in
    finally:
        server.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """The local NGINX before four stand-ins."""
    directory: Path = tmp_path_factory.mktemp("door")
    async with AsyncExitStack() as stack:
        backends = [await stack.enter_async_context(backend(name)) for name in SERVICES]
        server = NginxServer(
            directory, free_port(), {each.name: [each.port] for each in backends}, directory / "access.log", "off"
        )
        server.write_files()
        process = await processes.spawn(server.command(), log=directory / "log")
        stack.push_async_callback(process.stop, signal.SIGTERM, 10)
        await asyncio.wait_for(server.wait_ready(), 30)
        client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=20)
        yield await stack.enter_async_context(client)


def longest(prefixes: dict[str, str], path: str) -> str:
    """As the Gateway API and OpenShift's router choose: by whole elements, the longest."""
    fitting = [each for each in prefixes if path == each or path.startswith(f"{each.rstrip('/')}/")]
    return prefixes[max(fitting, key=len)]


def by_gateway_api(table: list[routes.Route]) -> dict[str, str]:
    [route] = http_route(table)
    return {
        match["path"]["value"]: rule["backendRefs"][0]["name"]
        for rule in route["spec"]["rules"]
        for match in rule["matches"]
    }


def by_openshift(table: list[routes.Route]) -> dict[str, str]:
    return {route["spec"]["path"]: route["spec"]["to"]["name"] for route in openshift_routes(table)}


async def asked(door: httpx.AsyncClient, path: str) -> str:
    """Who answers at the local NGINX."""
    async with door.stream("GET", path) as answer:
        assert answer.status_code == 200, path
        return str(answer.headers.get("answered-by", WEB))


async def test_every_path_of_the_api_reaches_the_service_that_has_it_whoever_routes(door: httpx.AsyncClient) -> None:
    table = routes.read(places.INGRESS)
    gateway, openshift = by_gateway_api(table), by_openshift(table)
    answers = {
        path.replace("{", "").replace("}", ""): service
        for service, document in (await openapi.collect()).items()
        for path in document["paths"]
    }
    assert len(answers) > len(SERVICES)
    for path, service in {**answers, "/": WEB, "/tickets/17": WEB}.items():
        assert routes.service_for(table, path) == service, path
        assert longest(gateway, path) == service, path
        assert longest(openshift, path) == service, path
        assert await asked(door, path) == service, path


async def test_a_word_that_only_begins_like_a_path_is_not_that_path(door: httpx.AsyncClient) -> None:
    table = routes.read(places.INGRESS)
    assert routes.service_for(table, "/api/v1/ticketsale") == WEB
    assert longest(by_gateway_api(table), "/api/v1/ticketsale") == WEB
    assert longest(by_openshift(table), "/api/v1/ticketsale") == WEB
    # Our NGINX is web, and says itself that there is nothing.
    assert (await door.get("/api/v1/ticketsale")).status_code == 404


async def test_an_attachment_may_be_large_and_nothing_else_may(door: httpx.AsyncClient) -> None:
    attachment = await door.post("/api/v1/tickets/17/attachments", content=b"x" * 25 * MEGABYTE)
    assert (attachment.headers["answered-by"], int(attachment.text)) == ("tickets", 25 * MEGABYTE)
    assert (await door.post("/api/v1/tickets", content=b"x" * 2 * MEGABYTE)).status_code == 413
    assert (await door.post("/api/v1/tickets/17/attachments", content=b"x" * 28 * MEGABYTE)).status_code == 413


async def test_a_stream_comes_through_as_it_is_written(door: httpx.AsyncClient) -> None:
    async with door.stream("GET", "/api/v1/notifications/stream") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        assert await anext(answer.aiter_raw()) == FIRST  # and there is no more: it is still open
