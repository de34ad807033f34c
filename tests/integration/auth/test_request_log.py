"""The log line of a request says who sent it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.support.desk import ok, problem
from tests.support.people import make_admin, sign_up
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/api/v1/users"


@contextmanager
def request_lines() -> Iterator[list[Any]]:
    """The log lines of the requests to PATH inside the block."""
    found: list[Any] = []
    with capture_logs() as lines:
        yield found
    found += [line for line in lines if (line["event"], line.get("path")) == ("request", PATH)]


async def test_it_names_user_organisation_and_session_also_of_a_refused_request(
    auth: RunningService, organisation: str
) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)
    ada = await make_admin(auth, "Ada Admin", organisation)
    people = {403: casey, 200: ada}
    expected = []
    for status, person in people.items():
        [session] = ok(await auth.http.get("/api/v1/auth/sessions", headers=person.headers))["items"]
        expected.append((status, str(person.id), str(person.organisation_id), session["id"]))

    with request_lines() as lines:
        for person in people.values():
            await auth.http.get(PATH, headers=person.headers)

    fields = ("status", "user_id", "organisation_id", "session_id")
    assert [tuple(line.get(field) for field in fields) for line in lines] == expected


async def test_it_names_nobody_where_the_token_is_not_valid(auth: RunningService) -> None:
    with request_lines() as lines:
        answer = await auth.http.get(PATH, headers={"Authorization": "Bearer no-token-of-ours"})

    problem(answer, 401, answer.json()["code"])
    assert [line["status"] for line in lines] == [401]
    assert "user_id" not in lines[0]
