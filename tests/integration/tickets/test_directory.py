"""Who can be named on a ticket."""

from typing import Any
from uuid import uuid4

import pytest

from tests.support.desk import Desk, ok, open_desk, problem
from tests.support.eventually import eventually
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def names(desk: Desk, **wanted: Any) -> list[str]:
    """What the directory shows the agent."""
    found = ok(await desk.ask(desk.agent, "GET", "/people", params=wanted))
    return [each["name"] for each in found["items"]]


async def test_an_agent_finds_people_of_the_own_organisation_by_any_part_of_a_name(
    desk: Desk, services: tuple[RunningService, RunningService]
) -> None:
    other = await open_desk(*services, organisation=f"other-{uuid4()}")
    await other.joined_by("customer", "Zoe Elsewhere")
    await desk.joined_by("customer", "Zoe O'Neill+Ops")

    assert await names(desk) == sorted([desk.agent.name, desk.customer.name, "Zoe O'Neill+Ops"], key=str.casefold)
    assert await names(desk, text="o'n") == ["Zoe O'Neill+Ops"]
    assert await names(desk, text="O'Neill+O") == ["Zoe O'Neill+Ops"]
    assert await names(desk, text="neill") == [], "not a beginning"
    assert await names(desk, text="o'n\0") == ["Zoe O'Neill+Ops"]


@pytest.mark.parametrize("name", ["Я" * 100, "漢" * 56, "👩\u200d🚒" * 28], ids=ascii)
async def test_pages_go_on_after_the_longest_names_which_are_found_by_their_last_word(desk: Desk, name: str) -> None:
    name = f"{name.strip()[:91]} Lindgren"
    for person in (desk.customer, desk.agent):
        answer = await desk.auth.http.patch("/api/v1/auth/me", json={"name": name}, headers=person.headers)
        ok(answer)

    async def renamed() -> None:
        assert await names(desk, text="lindg") == [name, name]

    await eventually(renamed)
    first = ok(await desk.ask(desk.agent, "GET", "/people", params={"limit": 1}))
    second = ok(await desk.ask(desk.agent, "GET", "/people", params={"limit": 1, "cursor": first["next_cursor"]}))
    assert {each["id"] for each in first["items"] + second["items"]} == {str(desk.customer.id), str(desk.agent.id)}
    assert second["next_cursor"] is None


async def test_who_can_answer_is_staff_only_and_active(desk: Desk) -> None:
    gone = await desk.joined_by("agent", "Gone")
    await desk.set_active(gone, active=False)

    async def only_who_is_there() -> None:
        assert await names(desk, staff=True) == [desk.agent.name]

    await eventually(only_who_is_there)


async def test_a_customer_is_shown_nobody(desk: Desk) -> None:
    problem(await desk.ask(desk.customer, "GET", "/people"), 403, "forbidden")


async def test_agents_find_each_other_by_address_and_see_no_address_of_a_customer(desk: Desk) -> None:
    staff = ok(await desk.ask(desk.agent, "GET", "/people", params={"staff": True}))["items"]
    assert [each["email"] for each in staff] == [desk.agent.email]
    assert await names(desk, text=desk.agent.email[:12].upper()) == [desk.agent.name]

    people = ok(await desk.ask(desk.agent, "GET", "/people"))["items"]
    assert {each["email"] for each in people if each["role"] == "customer"} == {None}
    assert desk.customer.name not in await names(desk, text=desk.customer.email)
