"""How NGINX hands out the client."""

import re

import httpx
import pytest

from tests.support.stack import RunningStack

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_pages_come_with_headers_that_shut_out_what_is_not_ours(stack: RunningStack) -> None:
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
        assert "script-src" not in policy, "so scripts are our own files, as default-src says"
        assert "unsafe" not in policy
        [nonce] = re.findall(r"style-src 'self' 'nonce-([0-9a-f]{32})'", policy)
        assert f'content="{nonce}"' in page.text.replace("'", '"')
    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]


async def test_what_has_a_hash_in_its_name_is_kept_for_a_year_and_comes_compressed(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        script = re.findall(r'src="(/assets/[^"]+\.js)"', (await client.get("/")).text)[0]
        asset = await client.get(script, headers={"Accept-Encoding": "gzip"})
        missing = await client.get("/assets/of-an-older-version.js")

    assert asset.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asset.headers["Content-Encoding"] == "gzip"
    assert missing.status_code == 404, "and not the page, which a browser would run as a script"


async def test_the_api_is_documented_for_people_and_for_programs(stack: RunningStack) -> None:
    async with httpx.AsyncClient(base_url=stack.url, trust_env=False) as client:
        page, document = await client.get("/api/docs"), await client.get("/api/openapi.json")

    assert "text/html" in page.headers["Content-Type"]
    assert document.json()["openapi"].startswith("3.")
    assert "/api/v1/tickets" in document.json()["paths"]
