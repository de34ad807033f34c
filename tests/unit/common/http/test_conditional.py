"""`If-Match` names one version, or does not matter, or is refused."""

import asyncio

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st

from common.errors import MalformedRequest
from common.http.conditional import _if_match
from common.http.routing import Router
from common.http.schemas import View


def version_of(sent: str | None) -> int | None:
    """What a route is given when the header says that."""
    return asyncio.run(_if_match(sent))


class Shown(View):
    """A view without a field `version`."""

    name: str


def etag_of(path: str) -> str | None:
    """What a response to that path has as its ETag."""
    router = Router()

    @router.get("/versions/{version}")
    async def show(version: int) -> Shown:
        return Shown(name="printer").with_version(version)

    @router.get("/plain")
    async def plain() -> dict[str, int]:
        return {"version": 3}

    app = FastAPI()
    app.include_router(router)

    async def get() -> str | None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
            etag: str | None = (await client.get(path)).headers.get("ETag")
            return etag

    return asyncio.run(get())


@settings(max_examples=25)
@given(st.integers(0, 2**53))
def test_the_etag_of_a_response_is_the_version_that_if_match_names(version: int) -> None:
    assert version_of(etag_of(f"/versions/{version}")) == version


def test_a_response_that_is_no_view_of_a_document_has_no_etag() -> None:
    assert etag_of("/plain") is None


@pytest.mark.parametrize(("sent", "version"), [(None, None), ("*", None), (" * ", None), ('"7"', 7), (' "7" ', 7)])
def test_absent_or_any_is_no_condition(sent: str | None, version: int | None) -> None:
    assert version_of(sent) == version


def test_an_etag_that_a_proxy_weakened_by_compressing_is_still_that_version() -> None:
    assert version_of('W/"7"') == 7


@pytest.mark.parametrize(
    "sent",
    ["", "7", '"7', '7"', '"seven"', '"-7"', '"7.0"', '"7", "8"', 'w/"7"', '"7"x', "'7'", '""', f'"{"9" * 5000}"'],
)
def test_anything_else_is_malformed(sent: str) -> None:
    with pytest.raises(MalformedRequest) as caught:
        version_of(sent)
    assert caught.value.slug == "malformed_if_match"


@given(st.text())
def test_no_text_is_worse_than_malformed(sent: str) -> None:
    try:
        version = version_of(sent)
    except MalformedRequest:
        return
    assert version is None or version >= 0
