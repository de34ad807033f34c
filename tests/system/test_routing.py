"""One routing table in four forms: Ingress, Gateway API, OpenShift's Routes, and a running NGINX."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import yaml

from cluster.paths import BASE, OVERLAYS
from common.services import SERVICES
from stack import openapi, processes
from stack.nginx import NginxServer
from stack.ports import free_port
from stack.routes import WEB, service_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

MEGABYTE = 1_000_000
FIRST = b"data: first\n\n"
UNKNOWN_CALLER = "Authorization: Bearer nobody"


@dataclass(frozen=True)
class Backend:
    """A stand-in for a service: says who it is, and how much it was sent. A stream it begins, and leaves open. An
    unknown caller it refuses without reading the body."""

    name: str
    port: int

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        if UNKNOWN_CALLER.lower() in head:
            writer.write(b"HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()
            return
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
async def nginx(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[httpx.AsyncClient]:
    """The local NGINX, with a stand-in for each service."""
    directory: Path = tmp_path_factory.mktemp("nginx")
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
    """The service of the longest prefix of whole elements, as controllers choose."""
    fitting = [each for each in prefixes if path == each or path.startswith(f"{each.rstrip('/')}/")]
    return prefixes[max(fitting, key=len)]


def by_ingress() -> dict[str, str]:
    ingress = yaml.safe_load((BASE / "ingress" / "ingress.yaml").read_text())
    return {
        path["path"]: path["backend"]["service"]["name"]
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
        if path["pathType"] == "Prefix"
    }


def by_gateway_api() -> dict[str, str]:
    route = yaml.safe_load((OVERLAYS / "gateway-api" / "http-route.yaml").read_text())
    return {
        match["path"]["value"]: rule["backendRefs"][0]["name"]
        for rule in route["spec"]["rules"]
        for match in rule["matches"]
    }


def by_openshift() -> dict[str, str]:
    routes = yaml.safe_load_all((OVERLAYS / "openshift" / "routes.yaml").read_text())
    return {route["spec"]["path"]: route["spec"]["to"]["name"] for route in routes}


async def responder_of(nginx: httpx.AsyncClient, path: str) -> str:
    """Who answers at the local NGINX."""
    async with nginx.stream("GET", path) as answer:
        assert answer.status_code == 200, path
        return str(answer.headers.get("answered-by", WEB))


async def test_every_path_of_the_api_reaches_the_service_that_has_it_whoever_routes(nginx: httpx.AsyncClient) -> None:
    tables = [by_ingress(), by_gateway_api(), by_openshift()]
    answers = {
        path.replace("{", "").replace("}", ""): service
        for service, document in (await openapi.collect()).items()
        for path in document["paths"]
    }
    assert len(answers) > len(SERVICES)
    for path, service in {**answers, "/": WEB, "/tickets/17": WEB}.items():
        assert [longest(table, path) for table in tables] == [service] * 3, path
        assert service_for(path) == service, path
        assert await responder_of(nginx, path) == service, path


async def test_a_word_that_only_begins_like_a_path_is_not_that_path(nginx: httpx.AsyncClient) -> None:
    assert service_for("/api/v1/ticketsale") == WEB
    for table in (by_ingress(), by_gateway_api(), by_openshift()):
        assert longest(table, "/api/v1/ticketsale") == WEB
    # Our NGINX is web, and answers itself.
    assert (await nginx.get("/api/v1/ticketsale")).status_code == 404


async def test_an_attachment_may_be_large_and_nothing_else_may(nginx: httpx.AsyncClient) -> None:
    attachment = await nginx.post("/api/v1/tickets/17/attachments", content=b"x" * 25 * MEGABYTE)
    assert (attachment.headers["answered-by"], int(attachment.text)) == ("tickets", 25 * MEGABYTE)
    assert (await nginx.post("/api/v1/tickets", content=b"x" * 2 * MEGABYTE)).status_code == 413
    assert (await nginx.post("/api/v1/tickets/17/attachments", content=b"x" * 28 * MEGABYTE)).status_code == 413


async def test_a_stream_comes_through_as_it_is_written(nginx: httpx.AsyncClient) -> None:
    async with nginx.stream("GET", "/api/v1/notifications/stream") as answer:
        assert answer.headers["content-type"] == "text/event-stream"
        assert await anext(answer.aiter_raw()) == FIRST  # and there is no more: it is still open


async def test_an_upload_is_refused_before_its_body_is_sent(nginx: httpx.AsyncClient) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", nginx.base_url.port)
    path = "/api/v1/tickets/01a22043-0f06-7c80-a383-ae023639f8e5/attachments"
    writer.write(
        f"POST {path} HTTP/1.1\r\nHost: desk\r\n{UNKNOWN_CALLER}\r\nContent-Length: {20 * MEGABYTE}\r\n\r\n--".encode()
    )

    status = await asyncio.wait_for(reader.readline(), 10)

    assert status.split()[1] == b"401"
    writer.close()
