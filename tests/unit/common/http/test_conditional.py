"""`If-Match` names one version, or does not matter, or is refused."""

import asyncio

import pytest
from fastapi import Response
from hypothesis import given
from hypothesis import strategies as st

from common.errors import MalformedRequest
from common.http.conditional import _if_match, set_etag


def version_of(sent: str | None) -> int | None:
    """What a route is given when the header says that."""
    return asyncio.run(_if_match(sent))


@given(st.integers(0, 2**53))
def test_the_etag_that_was_sent_is_the_version_that_comes_back(version: int) -> None:
    response = Response()
    set_etag(response, version)
    assert response.headers["ETag"] == f'"{version}"'
    assert version_of(response.headers["ETag"]) == version


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
