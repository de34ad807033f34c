"""Which pages of other origins may call the API from a browser, and what they may read of its answers."""

from collections.abc import AsyncIterator

import httpx
import pytest

from common.http.requests import MAX_BODY_BYTES
from common.mongo import Database
from tests.integration.common.tiny import as_, tiny

LISTED, OTHER = "https://desk.example.com", "https://evil.example.com"
ALLOWED = "Access-Control-Allow-Origin"


@pytest.fixture
async def http(db: Database) -> AsyncIterator[httpx.AsyncClient]:
    async with tiny(db, cors_origins=[LISTED, "https://www.example.com"]) as client:
        yield client


def asking(origin: str, method: str = "POST", headers: str = "authorization,idempotency-key") -> dict[str, str]:
    """Headers of the question a browser asks before it sends what not every page may send."""
    return {"Origin": origin, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": headers}


def cors_headers(answer: httpx.Response) -> set[str]:
    """What an answer says of who may do what."""
    return {name for name in answer.headers if name.startswith("access-control-")}


async def test_a_page_of_a_listed_origin_may_call_with_credentials(http: httpx.AsyncClient) -> None:
    asked = await http.options("/samples", headers=asking(LISTED))
    answer = await http.post("/samples", json={"name": "Casey"}, headers={**as_("casey"), "Origin": LISTED})

    assert (asked.status_code, answer.status_code) == (200, 201)
    for each in (asked, answer):
        assert each.headers[ALLOWED] == LISTED
        assert each.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Origin" in each.headers["Vary"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
async def test_every_method_and_header_of_the_api_may_be_used(http: httpx.AsyncClient, method: str) -> None:
    headers = "authorization,content-type,idempotency-key,if-match,last-event-id,x-request-id"

    asked = await http.options("/samples", headers=asking(LISTED, method, headers))

    assert asked.status_code == 200, asked.text


async def test_a_page_can_read_what_the_api_says_in_headers(http: httpx.AsyncClient) -> None:
    answer = await http.post("/limited", headers={**as_("casey"), "Origin": LISTED})

    readable = set(answer.headers["Access-Control-Expose-Headers"].split(", "))
    limits = {name for name in answer.headers if name.startswith("ratelimit-")}
    assert limits < {name.lower() for name in readable}
    assert readable > {"ETag", "Location", "X-Request-ID", "Retry-After"}


@pytest.mark.parametrize("origin", [OTHER, "null", f"{LISTED}.evil.com", "http://desk.example.com", LISTED.upper()])
async def test_other_origins_are_told_nothing(http: httpx.AsyncClient, origin: str) -> None:
    asked = await http.options("/samples", headers=asking(origin))
    answer = await http.post("/samples", json={"name": "Casey"}, headers={**as_("casey"), "Origin": origin})

    assert (asked.status_code, answer.status_code) == (405, 201)
    assert cors_headers(asked) == cors_headers(answer) == set()
    assert answer.headers["Vary"] == "Origin"


async def test_a_call_from_no_page_is_answered_as_always(http: httpx.AsyncClient) -> None:
    answer = await http.post("/samples", json={"name": "Casey"}, headers=as_("casey"))

    assert answer.status_code == 201
    assert cors_headers(answer) == set()


async def test_a_page_can_read_why_it_is_refused(http: httpx.AsyncClient) -> None:
    page = {"Origin": LISTED}
    refused = {
        401: await http.get("/samples/seven", headers=page),
        404: await http.get("/nowhere", headers=page),
        413: await http.post("/samples", content=b" " * (MAX_BODY_BYTES + 1), headers={**as_("casey"), **page}),
        422: await http.post("/samples", json={}, headers={**as_("casey"), **page}),
        500: await http.get("/broken", headers=page),
    }
    for _ in range(4):
        refused[429] = await http.post("/limited", headers={**as_("casey"), **page})

    for status, answer in refused.items():
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers[ALLOWED] == LISTED, status
        assert "X-Request-ID" in answer.headers


async def test_a_page_can_read_that_the_service_is_still_starting(db: Database) -> None:
    async with tiny(db, cors_origins=[LISTED], starting=lambda: "The service is starting.") as http:
        answer = await http.get("/samples/seven", headers={"Origin": LISTED})

    assert (answer.status_code, answer.headers[ALLOWED], answer.headers["Retry-After"]) == (503, LISTED, "1")


async def test_no_page_is_let_in_where_no_origin_is_listed(db: Database) -> None:
    async with tiny(db) as http:
        asked = await http.options("/samples", headers=asking(LISTED))
        answer = await http.post("/samples", json={"name": "Casey"}, headers={**as_("casey"), "Origin": LISTED})

    assert (asked.status_code, cors_headers(asked), cors_headers(answer)) == (405, set(), set())
