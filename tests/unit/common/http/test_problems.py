"""Every error there is becomes its HTTP status, in one shape, and the drawing of the tree is the tree."""

import inspect
import re
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from pymongo.errors import AutoReconnect, DuplicateKeyError

from common import errors
from common.errors import FieldError, HelpdeskError
from common.http import problems
from common.http.problems import STATUS

CLASSES = [
    each
    for _, each in inspect.getmembers(errors, inspect.isclass)
    if issubclass(each, HelpdeskError) and each.__module__ == errors.__name__
]
LEAVES = [each for each in CLASSES if not any(other.__base__ is each for other in CLASSES)]
MADE: dict[type[HelpdeskError], HelpdeskError] = {
    errors.TooManyRequests: errors.TooManyRequests("Slower.", limit=5, retry_after=42),
    errors.Unprocessable: errors.Unprocessable("Two are wrong.", errors=(FieldError("a.b", "Is wrong."),)),
}


def drawn() -> dict[str, tuple[str | None, int | None]]:
    """From the docstring: each name, the one it hangs from, and its status."""
    tree: dict[str, tuple[str | None, int | None]] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.fullmatch(r"([│├└─ ]*)(\w+)(?: .*?)?(?:\s(\d{3}))?", line):
            branch, name, status = found.groups()
            if branch or name == "HelpdeskError":
                depth = len(branch) // 4
                path = [*path[:depth], name]
                tree[name] = (path[depth - 1] if depth else None, int(status) if status else None)
    return tree


async def answer(error: Exception, **request: Any) -> httpx.Response:
    """What a caller gets when a route raises it."""
    app = FastAPI()
    problems.install_handlers(app)

    class Body(BaseModel):
        count: int

    @app.get("/thing")
    def raise_it() -> None:
        raise error

    @app.post("/thing")
    def take(body: Body) -> int:
        return body.count

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        return await client.request(**{"method": "GET", "url": "/thing", **request})


def test_the_drawing_has_every_class_where_it_hangs() -> None:
    real = {each.__name__: each.__base__.__name__ if each is not HelpdeskError else None for each in CLASSES}  # type: ignore[union-attr]
    assert {name: parent for name, (parent, _) in drawn().items()} == real


def test_the_drawing_says_the_status_that_is_answered() -> None:
    assert {name: status for name, (_, status) in drawn().items() if status} == {
        each.__name__: status for each, status in STATUS.items()
    }


def test_every_error_that_is_raised_has_a_status_and_a_code_of_its_own() -> None:
    assert set(LEAVES) == set(STATUS)
    assert len({each.code for each in LEAVES}) == len(LEAVES)


@pytest.mark.parametrize("kind", LEAVES)
async def test_an_error_is_answered_as_a_problem(kind: type[HelpdeskError]) -> None:
    error = MADE.get(kind) or kind("This is why.")
    response = await answer(error)
    assert response.status_code == STATUS[kind]
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(body)
    assert (body["status"], body["code"], body["detail"]) == (STATUS[kind], kind.code, error.detail)
    assert body["type"] == f"urn:helpdesk:problem:{kind.code}"
    assert body["instance"] == "/thing"


async def test_an_error_may_have_a_code_and_members_of_its_own() -> None:
    body = (await answer(errors.Conflict("No.", code="illegal_transition", allowed=["open"]))).json()
    assert (body["code"], body["type"]) == ("illegal_transition", "urn:helpdesk:problem:illegal_transition")
    assert body["allowed"] == ["open"]


async def test_a_kind_of_error_that_is_not_in_the_table_is_answered_as_what_it_is_a_kind_of() -> None:
    class Locked(errors.Conflict):
        code = "locked"

    response = await answer(Locked("It is locked."))
    assert (response.status_code, response.json()["code"]) == (409, "locked")


async def test_the_headers_say_what_to_do_next() -> None:
    assert (await answer(errors.Unauthenticated("Who?"))).headers["www-authenticate"] == "Bearer"
    assert (await answer(MADE[errors.TooManyRequests])).headers["retry-after"] == "42"
    assert (await answer(errors.Unavailable("Away."))).headers["retry-after"] == "1"


async def test_wrong_fields_are_named() -> None:
    assert (await answer(MADE[errors.Unprocessable])).json()["errors"] == [{"field": "a.b", "message": "Is wrong."}]
    response = await answer(ValueError(), method="POST", json={"count": "many"})
    assert response.status_code == 422
    assert [each["field"] for each in response.json()["errors"]] == ["count"]


@pytest.mark.parametrize("sent", [b"{", b"", b"[]"])
async def test_a_body_that_can_not_be_read_is_a_refusal_with_a_reason(sent: bytes) -> None:
    response = await answer(ValueError(), method="POST", content=sent, headers={"content-type": "application/json"})
    assert response.status_code == (400 if sent == b"{" else 422)
    assert response.json()["code"] == ("malformed_json" if sent == b"{" else "invalid")


@pytest.mark.parametrize(("method", "url", "status"), [("GET", "/none", 404), ("PUT", "/thing", 405)])
async def test_what_the_router_refuses_is_a_problem_too(method: str, url: str, status: int) -> None:
    response = await answer(ValueError(), method=method, url=url)
    assert (response.status_code, response.json()["status"]) == (status, status)


async def test_a_database_that_is_away_is_503_and_a_wrong_command_is_ours() -> None:
    away = await answer(AutoReconnect("mongo-7.internal:27017 is away"))
    assert (away.status_code, away.headers["retry-after"]) == (503, "1")
    wrong = await answer(DuplicateKeyError("E11000 on db.users email: ada@example.com"))
    assert (wrong.status_code, wrong.json()["code"]) == (500, "internal_error")
    for response in (away, wrong):
        assert "mongo-7" not in response.text
        assert "ada@" not in response.text
