"""NGINX serves the client with the right headers."""

import asyncio
import json
import re
import signal
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser

from common.services import SERVICES
from stack import processes
from stack.nginx import NginxServer
from stack.ports import free_port
from stack.readiness import wait_for_port
from tests.support.certificates import make_certificates
from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECURITY_HEADERS = (
    "Content-Security-Policy",
    "X-Content-Type-Options",
    "X-Frame-Options",
    "Referrer-Policy",
    "Strict-Transport-Security",
)


async def test_pages_have_security_headers(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        first, second = await client.get("/"), await client.get("/desk/anything")

    for page in (first, second):
        assert page.status_code == 200
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
        assert page.headers["Cache-Control"] == "no-store"
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy, "default-src covers scripts"
        assert "unsafe" not in policy
        [nonce] = re.findall(r"style-src 'self' 'nonce-([0-9a-f]{32})'", policy)
        assert f'content="{nonce}"' in page.text.replace("'", '"')
    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]


async def test_hashed_assets_are_cached_for_a_year_and_compressed(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        script = re.findall(r'src="(/assets/[^"]+\.js)"', (await client.get("/")).text)[0]
        asset = await client.get(script, headers={"Accept-Encoding": "gzip"})
        missing = await client.get("/assets/of-an-older-version.js")

    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asset.headers["Content-Encoding"] == "gzip"
    assert missing.status_code == 404, "a browser would run the index page as a script"


async def test_each_security_header_is_sent_once_and_that_of_a_service_is_kept(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        unsubscribe = "/api/v1/notifications/unsubscribe?token=x"
        answers = {
            path: await client.get(path, headers={"X-Forwarded-Proto": "https"})
            for path in ("/", "/api/docs", "/api/nowhere", "/api/v1/auth/me", unsubscribe)
        }

    for path, answer in answers.items():
        for name in SECURITY_HEADERS:
            assert len(answer.headers.get_list(name)) == 1, (path, name, answer.headers.get_list(name))
        assert len(answer.headers.get_list("Cache-Control")) <= 1, path
    policy = answers["/api/v1/auth/me"].headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    assert answers["/api/v1/auth/me"].headers["Referrer-Policy"] == "no-referrer"
    assert "default-src 'self'" in answers["/api/docs"].headers["Content-Security-Policy"]


async def test_source_maps_are_not_served(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        script = re.findall(r'src="(/assets/[^"]+\.js)"', (await client.get("/")).text)[0]
        asset, source_map = await client.get(script), await client.get(f"{script}.map")

    assert source_map.status_code == 404
    assert "sourceMappingURL" not in asset.text


async def test_a_path_of_the_api_that_ends_as_a_source_map_reaches_its_service(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        answer = await client.get("/api/v1/tickets/a.map")

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"


async def test_hsts_is_sent_behind_a_tls_proxy_only(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        plain = await client.get("/")
        behind_an_ingress = await client.get("/", headers={"X-Forwarded-Proto": "https"})

    assert "Strict-Transport-Security" not in plain.headers
    assert behind_an_ingress.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@asynccontextmanager
async def nginx_with_tls(directory: Path) -> AsyncIterator[tuple[str, Path]]:
    """The URL of a server that terminates TLS itself, and the authority of its certificate."""
    certificates = make_certificates(directory)
    server = NginxServer(directory, free_port(), {each: [free_port()] for each in SERVICES}, directory / "access.log")
    server.write_files()
    keys = f"ssl; ssl_certificate {directory}/server.pem; ssl_certificate_key {directory}/server.key;"
    (directory / "conf" / "nginx.conf").write_text(
        server.render().replace(f"{server.port};", f"{server.port} {keys}", 1)
    )
    process = await processes.spawn(server.command(), log=directory / "log")
    try:
        await asyncio.wait_for(wait_for_port(server.port), 30)
        yield f"https://127.0.0.1:{server.port}/", certificates.authority
    finally:
        await process.stop(signal.SIGTERM, 10)


async def test_hsts_is_sent_where_nginx_terminates_tls(tmp_path: Path) -> None:
    async with nginx_with_tls(tmp_path) as (url, authority):
        trusting = ssl.create_default_context(cafile=authority)
        async with httpx.AsyncClient(verify=trusting, trust_env=False) as client:
            page = await client.get(url)

    assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


async def test_browsers_speak_http_2_where_nginx_terminates_tls(tmp_path: Path, browser: Browser) -> None:
    context = await browser.new_context(ignore_https_errors=True)
    async with nginx_with_tls(tmp_path) as (url, _):
        page = await context.new_page()
        await page.goto(url)
        protocol = await page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol")
        await context.close()

    assert protocol == "h2"


FORWARDED = [
    # proxies in front, X-Forwarded-For, the client's address
    (0, "203.0.113.7", "127.0.0.1"),
    (1, "203.0.113.7", "203.0.113.7"),
    (1, "198.51.100.1, 203.0.113.7", "203.0.113.7"),
    (1, "198.51.100.1,2001:db8::7", "2001:db8::7"),
    (1, "unknown", "127.0.0.1"),
    (1, "203.0.113.7:51234", "127.0.0.1"),
    (1, "203.0.113.7, garbage", "127.0.0.1"),
    (2, "198.51.100.1, 203.0.113.7, 10.0.0.1", "203.0.113.7"),
    (2, "203.0.113.7", "127.0.0.1"),
    (3, "203.0.113.7, 10.0.0.1, 10.0.0.2", "203.0.113.7"),
]


@pytest.mark.parametrize("proxies", sorted({each[0] for each in FORWARDED}))
async def test_the_client_is_whom_the_outermost_proxy_in_front_saw(tmp_path: Path, proxies: int) -> None:
    log = tmp_path / "access.log"
    ports = {each: [free_port()] for each in SERVICES}
    server = NginxServer(tmp_path, free_port(), ports, log, proxies_in_front=proxies)
    server.write_files()
    process = await processes.spawn(server.command(), log=tmp_path / "log")
    expected = [client for each, _, client in FORWARDED if each == proxies]
    try:
        await asyncio.wait_for(server.wait_ready(), 30)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client:
            for _, forwarded, _ in [each for each in FORWARDED if each[0] == proxies]:
                await client.get("/measured", headers={"X-Forwarded-For": forwarded})
    finally:
        await process.stop(signal.SIGTERM, 10)

    logged = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["ip"] for line in logged if line["path"] == "/measured"] == expected


async def test_nginx_appends_its_peer_to_the_forwarded_addresses(tmp_path: Path) -> None:
    received: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    upstream = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = upstream.sockets[0].getsockname()[1]
    server = NginxServer(tmp_path, free_port(), {each: [port] for each in SERVICES}, tmp_path / "access.log")
    server.write_files()
    process = await processes.spawn(server.command(), log=tmp_path / "log")
    try:
        await asyncio.wait_for(server.wait_ready(), 30)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", trust_env=False) as client:
            await client.get("/api/v1/auth/me", headers={"X-Forwarded-For": "198.51.100.1"})
    finally:
        await process.stop(signal.SIGTERM, 10)
        upstream.close()

    assert "X-Forwarded-For: 198.51.100.1, 127.0.0.1\r\n" in received[0]


async def test_nginx_serves_the_api_docs_and_the_openapi_document(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        page, document = await client.get("/api/docs"), await client.get("/api/openapi.json")

    assert "text/html" in page.headers["Content-Type"]
    assert document.json()["openapi"].startswith("3.")
    assert "/api/v1/tickets" in document.json()["paths"]
