"""Who may call what: every route of every service, with everybody who could try."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from common.ids import new_id
from tests.support.access_table import MAKINGS, OPEN, ROWS
from tests.support.calls import answered, routes_of
from tests.support.services import Installation
from tests.support.smtp import recording_smtp
from tests.support.world import TRUSTED, World, open_world

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(shared_installation: Installation) -> AsyncIterator[World]:
    async with recording_smtp() as smtp, open_world(shared_installation, smtp) as world:
        yield world


async def test_every_route_is_in_the_table(world: World) -> None:
    assert set(routes_of(world)) == set(MAKINGS)


@pytest.mark.parametrize("operation", ROWS)
async def test_a_route_answers_everybody_as_the_table_says(world: World, operation: str) -> None:
    row, route = ROWS[operation], routes_of(world)[operation]
    expected: dict[str, int] = dict.fromkeys(world.refused, 401) | dict(zip(TRUSTED, row.answers, strict=True))

    seen: dict[str, int] = {}
    # Who is refused changes nothing, so the customer's call, the first of the others, can still be made after them all.
    call = await row.making(world, "customer")
    for who, token in world.refused.items():
        answer = await answered(world, route, call, token)
        seen[who] = answer.status_code
        assert answer.headers.get("WWW-Authenticate", "").startswith("Bearer"), who
    for trusted in TRUSTED:
        if trusted != "customer":
            call = await row.making(world, trusted)
        token = (call.by or world.people[trusted]).access_token
        seen[trusted] = (await answered(world, route, call, token)).status_code

    assert seen == expected


@pytest.mark.parametrize("operation", OPEN)
async def test_a_route_without_log_in_does_not_look_at_tokens(world: World, operation: str) -> None:
    row, route = OPEN[operation], routes_of(world)[operation]
    tokens = dict(world.refused) | {who: person.access_token for who, person in world.people.items()}

    seen = {
        who: (await answered(world, route, await row.making(world, "customer"), token)).status_code
        for who, token in tokens.items()
    }

    assert seen == dict.fromkeys(tokens, row.status)


@pytest.mark.parametrize("operation", [operation for operation, row in ROWS.items() if 404 in row.answers])
async def test_what_somebody_may_not_know_of_answers_as_what_is_not_there(world: World, operation: str) -> None:
    row, route = ROWS[operation], routes_of(world)[operation]
    real = await row.making(world, "customer")
    [name] = [name for name in real.path if name != "ticket_id"] or ["ticket_id"]
    for who, status in zip(TRUSTED, row.answers, strict=True):
        if status != 404:
            continue
        answers = []
        for id_ in (real.path[name], "999999" if name == "sequence" else str(new_id())):
            call = replace(real, path={**real.path, name: id_})
            answer = await answered(world, route, call, world.people[who].access_token)
            answers.append(said_without(answer, id_))
        assert answers[0] == answers[1], who


def said_without(answer: httpx.Response, id_: str) -> tuple[int, dict[str, Any], set[str]]:
    """All of an answer by which two could be told apart, save what names the call itself."""
    said = {**answer.json(), "request_id": "any"}
    for name in ("detail", "instance"):
        said[name] = said[name].replace(id_, "<id>")
    return answer.status_code, said, set(answer.headers)
