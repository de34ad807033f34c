"""How an organisation chooses how its tickets are looked after."""

import asyncio
from typing import Any

import httpx
import pytest
import pytest_asyncio

from common.events import FieldChange
from common.events.tickets import SettingsUpdated
from common.outbox import EventLog, EventSelection
from tests.support.desk import Desk, ok, problem
from tests.support.eventually import eventually
from tests.support.people import Person, another_organisation, make_person

pytestmark = pytest.mark.asyncio(loop_scope="module")

DEFAULTS: dict[str, Any] = {
    "escalation_hours": 24,
    "auto_close_days": 7,
    "reopen_window_days": 14,
    "ticket_creation_per_hour": 10,
}


@pytest_asyncio.fixture(loop_scope="module")
async def admin(desk: Desk) -> Person:
    return await make_person(desk.auth, "admin", "Ada Admin", desk.organisation)


async def chosen(desk: Desk, by: Person, if_match: str | None = None, **settings: Any) -> httpx.Response:
    """Asks for these settings."""
    return await desk.call(by, "PUT", "/settings", if_match=if_match, json=settings)


async def read(desk: Desk, by: Person) -> dict[str, Any]:
    """The settings that count."""
    return ok(await desk.call(by, "GET", "/settings"))


async def said(desk: Desk, times: int) -> list[SettingsUpdated]:
    """Which changes were told of, once there are so many."""
    wanted = EventSelection(aggregate_id=desk.agent.organisation_id)

    async def logged() -> list[SettingsUpdated]:
        events = [SettingsUpdated.model_validate(each.data) async for each in EventLog(desk.tickets.db).read(wanted)]
        assert len(events) >= times
        return events

    return await eventually(logged)


async def test_where_nothing_was_chosen_the_defaults_count_and_nothing_is_stored(desk: Desk) -> None:
    answer = await desk.call(desk.agent, "GET", "/settings")

    assert ok(answer).items() >= {**DEFAULTS, "version": 0}.items()
    assert "application/pdf" in ok(answer)["accepted_attachment_types"]
    assert answer.headers["ETag"] == '"0"'
    assert await desk.tickets.db["settings"].find_one({"_id": desk.agent.organisation_id}) is None


async def test_an_admin_changes_settings_agents_see_them_and_what_is_left_out_keeps_its_value(
    desk: Desk, admin: Person
) -> None:
    first = ok(await chosen(desk, admin, escalation_hours=2, accepted_attachment_types=["Video/*"]))
    second = ok(await chosen(desk, admin, auto_close_days=3))

    assert (first["escalation_hours"], first["accepted_attachment_types"], first["version"]) == (2, ["video/*"], 1)
    assert (second["escalation_hours"], second["auto_close_days"], second["version"]) == (2, 3, 2)
    assert second["accepted_attachment_types"] == ["video/*"]
    assert await read(desk, desk.agent) == second


async def test_each_change_is_told_with_before_and_after(desk: Desk, admin: Person) -> None:
    ok(await chosen(desk, admin, escalation_hours=2, auto_close_days=3))
    ok(await chosen(desk, admin, escalation_hours=2, auto_close_days=7))

    first, second = await said(desk, 2)

    assert first.changes == {
        "escalation_hours": FieldChange(before=24, after=2),
        "auto_close_days": FieldChange(before=7, after=3),
    }
    assert second.changes == {"auto_close_days": FieldChange(before=3, after=7)}


async def test_choosing_what_is_so_already_changes_nothing(desk: Desk, admin: Person) -> None:
    assert ok(await chosen(desk, admin, **DEFAULTS))["version"] == 0
    ok(await chosen(desk, admin, escalation_hours=2))
    assert ok(await chosen(desk, admin, escalation_hours=2))["version"] == 1
    assert ok(await chosen(desk, admin))["version"] == 1
    assert len(await said(desk, 1)) == 1


async def test_a_choice_meant_for_an_older_version_is_refused(desk: Desk, admin: Person) -> None:
    ok(await chosen(desk, admin, if_match='"0"', escalation_hours=2))

    stale = await chosen(desk, admin, if_match='"0"', escalation_hours=3)

    assert problem(stale, 412, "precondition_failed")["version"] == 1
    assert (await read(desk, admin))["escalation_hours"] == 2
    ok(await chosen(desk, admin, if_match='"1"', escalation_hours=3))


async def test_of_first_choices_at_once_all_are_made_one_after_another(desk: Desk, admin: Person) -> None:
    answers = await asyncio.gather(*(chosen(desk, admin, escalation_hours=hours) for hours in range(1, 9)))

    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(1, 9))
    events = await said(desk, 8)
    hours = [event.changes["escalation_hours"] for event in events]
    assert [change.before for change in hours] == [24, *(change.after for change in hours[:-1])]


async def test_of_first_choices_by_two_who_saw_the_defaults_only_one_is_made(desk: Desk, admin: Person) -> None:
    answers = await asyncio.gather(*(chosen(desk, admin, if_match='"0"', escalation_hours=h) for h in (1, 2, 3)))

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]


async def test_only_admins_choose_and_customers_do_not_even_see(desk: Desk) -> None:
    problem(await desk.call(desk.customer, "GET", "/settings"), 403, "forbidden")
    for person in (desk.customer, desk.agent):
        problem(await chosen(desk, person, escalation_hours=2), 403, "forbidden")
    problem(await desk.tickets.http.get("/api/v1/settings"), 401, "unauthenticated")


async def test_another_organisation_has_settings_of_its_own(desk: Desk, admin: Person) -> None:
    stranger = await make_person(desk.auth, "admin", "Sam Stranger", await another_organisation())

    ok(await chosen(desk, admin, escalation_hours=2))

    assert (await read(desk, stranger))["escalation_hours"] == 24
    ok(await chosen(desk, stranger, escalation_hours=5))
    assert (await read(desk, admin))["escalation_hours"] == 2


@pytest.mark.parametrize(
    "wrong", [{"escalation_hours": 0}, {"escalation_hour": 2}, {"accepted_attachment_types": "exe"}]
)
async def test_a_wrong_or_unknown_setting_changes_nothing(desk: Desk, admin: Person, wrong: dict[str, Any]) -> None:
    found = problem(await chosen(desk, admin, **wrong), 422, "invalid")

    assert [each["field"].split(".")[0] for each in found["errors"]] == list(wrong)
    assert (await read(desk, admin))["version"] == 0
