"""Every error is a problem document that says what is wrong, and nothing about our inside."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from common.http.requests import MAX_BODY_BYTES
from common.ids import new_id
from common.mongo import Database
from tests.integration.common.tiny import HEAVY_BYTES, as_, tiny


@pytest.fixture
async def http(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with tiny(db) as client:
        yield client


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The document, which has all its members."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    found: dict[str, Any] = answer.json()
    assert (found["status"], found["code"], found["type"]) == (status, code, f"urn:helpdesk:problem:{code}")
    assert found["instance"] == answer.request.url.path
    assert found["request_id"] == answer.headers["X-Request-ID"]
    assert found["title"]
    assert found["detail"]
    return found


async def test_an_unknown_path_is_not_found(http: httpx.AsyncClient) -> None:
    problem(await http.get("/nowhere"), 404, "not_found")


async def test_a_wrong_method_is_told_which_is_right(http: httpx.AsyncClient) -> None:
    answer = await http.delete("/samples")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


@pytest.mark.parametrize("body", [b'{"name": ', b"", b"\xff\xfe", b"[" * 50_000, b'{"changes": ' + b"9" * 5_000 + b"}"])
async def test_a_body_that_is_no_json_is_malformed_or_invalid(http: httpx.AsyncClient, body: bytes) -> None:
    answer = await http.post("/samples", content=body, headers={**as_("casey"), "content-type": "application/json"})
    if body:
        assert answer.status_code == 400
    problem(answer, answer.status_code, answer.json()["code"])
    assert answer.status_code in (400, 422)


async def test_broken_json_says_so(http: httpx.AsyncClient) -> None:
    headers = {**as_("casey"), "content-type": "application/json"}
    problem(await http.post("/samples", content=b'{"name": ', headers=headers), 400, "malformed_json")


async def test_each_wrong_field_is_named_an_unknown_one_too(http: httpx.AsyncClient, db: Database) -> None:
    answer = await http.post("/samples", json={"name": "", "changes": "many", "nmae": "Casey"}, headers=as_("casey"))
    found = problem(answer, 422, "invalid")
    assert {wrong["field"] for wrong in found["errors"]} == {"name", "changes", "nmae"}
    assert all(wrong["message"] for wrong in found["errors"])
    assert await db["samples"].count_documents({}) == 0


async def test_an_id_that_is_none_is_invalid_and_one_that_is_unknown_not_found(http: httpx.AsyncClient) -> None:
    found = problem(await http.get("/samples/seven", headers=as_("casey")), 422, "invalid")
    assert found["errors"][0]["field"] == "sample_id"
    problem(await http.get(f"/samples/{new_id()}", headers=as_("casey")), 404, "not_found")


async def test_a_body_declared_too_large_is_refused_without_reading_it(http: httpx.AsyncClient) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        sent += 1
        yield b" " * (MAX_BODY_BYTES + 1)

    headers = {**as_("casey"), "content-type": "application/json", "content-length": str(MAX_BODY_BYTES + 1)}
    problem(await http.post("/samples", content=body(), headers=headers), 413, "too_large")
    assert sent == 0


async def test_a_body_that_turns_out_too_large_is_refused_and_not_read_to_its_end(http: httpx.AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(100):
            sent += 1
            yield b" " * 100_000

    answer = await http.post(
        "/samples", content=endless(), headers={**as_("casey"), "content-type": "application/json"}
    )
    assert "content-length" not in answer.request.headers
    problem(answer, 413, "too_large")
    assert sent < 20


async def test_the_largest_body_allowed_is_read(http: httpx.AsyncClient) -> None:
    body = json.dumps({"name": "Casey"}).encode().ljust(MAX_BODY_BYTES)
    headers = {**as_("casey"), "content-type": "application/json"}
    assert (await http.post("/samples", content=body, headers=headers)).status_code == 201


async def test_a_route_that_says_so_takes_more_and_just_that_much(http: httpx.AsyncClient) -> None:
    async def pieces(count: int) -> AsyncIterator[bytes]:
        for _ in range(count):
            yield bytes(HEAVY_BYTES // 30)

    taken = await http.post("/heavy", content=pieces(30), headers=as_("casey"))
    assert (taken.status_code, taken.json()) == (200, HEAVY_BYTES)
    problem(await http.post("/heavy", content=pieces(31), headers=as_("casey")), 413, "too_large")
    problem(await http.post("/heavy", content=bytes(HEAVY_BYTES + 1), headers=as_("casey")), 413, "too_large")


async def test_without_a_believed_token_one_is_asked_for(http: httpx.AsyncClient) -> None:
    for headers in ({}, as_("nobody"), {"Authorization": "Basic Y2FzZXk6"}):
        answer = await http.post("/samples", json={"name": "Casey"}, headers=headers)
        problem(answer, 401, "unauthenticated")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_a_mistake_of_ours_is_told_without_any_inside(http: httpx.AsyncClient) -> None:
    answer = await http.get("/broken")
    problem(answer, 500, "internal_error")
    assert "secret" not in answer.text


async def test_a_request_id_is_echoed(http: httpx.AsyncClient) -> None:
    answer = await http.get("/nowhere", headers={"X-Request-ID": "my-request.7_a"})
    assert answer.headers["X-Request-ID"] == answer.json()["request_id"] == "my-request.7_a"


async def test_without_one_each_request_gets_its_own(http: httpx.AsyncClient) -> None:
    ids = {(await http.get("/nowhere")).headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3
    assert all(re.fullmatch(r"[0-9a-f-]{36}", each) for each in ids)


@pytest.mark.parametrize("given", ["", " ", "x" * 129, "a\nb: c", "<script>", '{"level":"error"}', "naïve", "a b"])
async def test_a_request_id_that_could_do_harm_is_replaced(http: httpx.AsyncClient, given: str) -> None:
    answer = await http.get("/nowhere", headers=[(b"X-Request-ID", given.encode())])
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["X-Request-ID"])


async def test_a_path_with_a_slash_too_many_is_not_found_and_sends_nobody_elsewhere(http: httpx.AsyncClient) -> None:
    headers = {**as_("casey"), "Host": "evil.example"}

    answers = [
        await http.post("/samples/", json={"name": "Casey"}, headers=headers),
        await http.get("/samples/", headers=headers),
    ]

    assert [(each.status_code, each.headers.get("Location")) for each in answers] == [(404, None)] * 2
