"""People administration: found, promoted, shut out and let in again, and never without an admin left."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from auth.user_admin.commands import change_user
from auth.user_admin.schemas import UserChange
from common import clock
from common.errors import Conflict
from common.events.auth import SessionRevoked, UserDeactivated, UserReactivated, UserUpdated
from common.principal import Principal
from tests.support.cookies import refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.letters import history, said
from tests.support.people import (
    PASSWORD,
    Person,
    log_in,
    make_admin,
    make_agent,
    make_operator,
    make_outsider,
    make_person,
)
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def listed(auth: RunningService, by: Person, **query: Any) -> dict[str, Any]:
    """A page of people."""
    return ok(await auth.http.get("/api/v1/users", headers=by.headers, params=query))


async def names(auth: RunningService, by: Person, **query: Any) -> list[str]:
    return [item["name"] for item in (await listed(auth, by, **query))["items"]]


async def changed(
    auth: RunningService, by: Person, whom: Person, *, if_match: str | None = None, **fields: Any
) -> httpx.Response:
    """Asks for a change of somebody."""
    headers = {**by.headers, **({"If-Match": if_match} if if_match else {})}
    return await auth.http.patch(f"/api/v1/users/{whom.id}", json=fields, headers=headers)


async def me(auth: RunningService, person: Person) -> httpx.Response:
    return await auth.http.get("/api/v1/auth/me", headers=person.headers)


async def test_people_are_listed_by_name_each_once_whatever_the_page(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    for name in ("zoe Last", "Ben Agent", "anna Agent", "Ben Other"):
        await make_agent(auth, name, organisation)
    await make_outsider(auth)
    expected = ["Ada Admin", "anna Agent", "Ben Agent", "Ben Other", "zoe Last"]

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await listed(auth, ada, limit=2, **cursor)
        seen += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == expected == await names(auth, ada)


async def test_people_are_found_by_role_state_and_the_beginning_of_name_or_address(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    casey = await make_person(auth, "customer", "Casey Lindgren", organisation)
    await make_agent(auth, "Robin Lindgren", organisation)
    ok(await changed(auth, ada, casey, active=False))

    assert await names(auth, ada, role="agent") == ["Robin Lindgren"]
    assert await names(auth, ada, active=False) == ["Casey Lindgren"]
    assert await names(auth, ada, active=True, role="customer") == []
    assert await names(auth, ada, text="LIND") == ["Casey Lindgren", "Robin Lindgren"]
    assert await names(auth, ada, text="casey l") == ["Casey Lindgren"]
    assert await names(auth, ada, text="robin.lindgren@exa") == ["Robin Lindgren"]
    assert await names(auth, ada, text="example.org") == ["Ada Admin", "Casey Lindgren", "Robin Lindgren"]
    assert await names(auth, ada, text="lind", role="customer") == ["Casey Lindgren"]
    assert await names(auth, ada, text="  Casey  ") == ["Casey Lindgren"]
    for nothing in ("ndgren", ".*", "^", "("):
        assert await names(auth, ada, text=nothing) == []


async def test_every_question_is_served_by_an_index(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    users = auth.db["users"]
    base = {"organisation_id": ada.organisation_id}
    filters: list[dict[str, Any]] = [{}, {"role": "agent"}, {"active": False}, {"search_terms": {"$regex": "^ada"}}]
    for query in filters:
        plan = await users.find({**base, **query}).sort([("name_key", 1), ("_id", 1)]).limit(21).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), query


async def test_one_person_is_shown_with_what_an_admin_needs_to_know(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)

    answer = await auth.http.get(f"/api/v1/users/{alex.id}", headers=ada.headers)

    body = ok(answer)
    assert answer.headers["ETag"] == f'"{body["version"]}"'
    assert body["last_login_at"] >= body["created_at"]
    assert {key: body[key] for key in ("id", "role", "active", "mfa_enabled", "email_verified", "locale")} == {
        "id": str(alex.id),
        "role": "agent",
        "active": True,
        "mfa_enabled": False,
        "email_verified": True,
        "locale": "en",
    }
    assert "password" not in answer.text


async def test_only_admins_look_after_people_and_only_after_their_own(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    customer = await make_person(auth, "customer", "Casey Customer", organisation)
    for person in (alex, customer, await make_operator(auth, f"Olga {uuid4()}")):
        problem(await auth.http.get("/api/v1/users", headers=person.headers), 403, "forbidden")
        problem(await auth.http.get(f"/api/v1/users/{ada.id}", headers=person.headers), 403, "forbidden")
        problem(await changed(auth, person, ada, name="Mine"), 403, "forbidden")
    outsider = await make_outsider(auth)
    unseen = [await auth.http.get(f"/api/v1/users/{id_}", headers=outsider.headers) for id_ in (alex.id, uuid4())] + [
        await changed(auth, outsider, alex, role="customer")
    ]
    for answer in unseen:
        problem(answer, 404, "not_found")


async def test_an_operator_is_not_seen_by_the_admins_of_the_organisation(auth: RunningService) -> None:
    ada = await make_admin(auth, f"Ada {uuid4()}")
    olga = await make_operator(auth, f"Olga {uuid4()}")

    problem(await auth.http.get(f"/api/v1/users/{olga.id}", headers=ada.headers), 404, "not_found")
    problem(await changed(auth, ada, olga, active=False), 404, "not_found")
    assert await names(auth, ada, text=olga.name) == []


async def test_another_role_counts_at_once_and_the_session_goes_on_with_it(
    auth: RunningService, organisation: str
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)

    assert ok(await changed(auth, ada, alex, role="admin"))["role"] == "admin"

    problem(await me(auth, alex), 401, "token_outdated")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    assert ok(refreshed)["user"]["role"] == "admin"
    ok(await auth.http.get("/api/v1/users", headers=Person.of(refreshed.json()).headers))
    event = (await history(auth, alex.id, length=2))[-1]
    updated = UserUpdated.model_validate(event.data)
    assert (updated.changes["role"].before, updated.changes["role"].after) == ("agent", "admin")
    assert (updated.person.role, event.actor and event.actor.id) == ("admin", ada.id)


async def test_who_is_deactivated_is_out_at_once_and_learns_nothing(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)

    assert ok(await changed(auth, ada, alex, active=False))["active"] is False

    for person in (alex, Person.of(answer.json())):
        problem(await me(auth, person), 401, "session_ended")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    problem(refreshed, 401, "session_ended")
    problem(await auth.http.post("/api/v1/auth/login", json=body), 401, "wrong_credentials")
    [gone] = await said(auth, UserDeactivated, alex.organisation_id)
    assert (gone.person.id, gone.person.active) == (alex.id, False)
    revoked = await said(auth, SessionRevoked, alex.organisation_id, count=2)
    assert [(each.user_id, each.reason) for each in revoked] == [(alex.id, "deactivated")] * 2


async def test_who_is_let_in_again_logs_in_anew(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    ok(await changed(auth, ada, alex, active=False))

    ok(await changed(auth, ada, alex, active=True))

    problem(await me(auth, alex), 401, "session_ended")
    ok(await me(auth, await log_in(auth, alex.email, organisation)))
    [back] = await said(auth, UserReactivated, alex.organisation_id)
    assert back.person.active


async def test_nobody_changes_the_own_role_or_shuts_oneself_out(auth: RunningService, organisation: str) -> None:
    ada, _ = [await make_admin(auth, name, organisation) for name in ("Ada Admin", "Other Admin")]

    problem(await changed(auth, ada, ada, role="agent"), 403, "own_account")
    problem(await changed(auth, ada, ada, active=False), 403, "own_account")

    assert ok(await changed(auth, ada, ada, role="admin", active=True, name="Ada A."))["name"] == "Ada A."


async def test_nobody_is_made_an_operator_over_http(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)

    problem(await changed(auth, ada, alex, role="operator"), 422, "invalid")


@pytest.mark.parametrize("change", [{"role": "customer"}, {"active": False}])
async def test_two_admins_who_take_each_other_away_at_once_leave_one(
    auth: RunningService, organisation: str, change: dict[str, Any]
) -> None:
    for _ in range(3):
        one, other = [await make_admin(auth, f"Admin {uuid4()}", organisation) for _ in range(2)]

        answers = await asyncio.gather(changed(auth, one, other, **change), changed(auth, other, one, **change))

        assert sorted(answer.status_code for answer in answers)[0] == 200
        admins = {"organisation_id": one.organisation_id, "role": "admin", "active": True}
        assert await auth.db["users"].count_documents(admins) >= 1
        await auth.db["users"].update_many(admins, {"$set": {"active": False}})


async def test_the_last_active_admin_stays_one_whoever_asks(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    former = Principal(uuid4(), ada.organisation_id, "admin", uuid4(), "A former admin", clock.now())

    for change in (UserChange(role="agent"), UserChange(active=False)):
        with pytest.raises(Conflict) as caught:
            await change_user(ada.id, change, former, None)
        assert caught.value.slug == "last_admin"

    ok(await auth.http.get("/api/v1/users", headers=ada.headers))


async def test_a_change_meant_for_another_version_is_refused(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    version = ok(await changed(auth, ada, alex, name="Alexis"))["version"]

    problem(await changed(auth, ada, alex, if_match=f'"{version - 1}"', role="admin"), 412, "precondition_failed")
    assert ok(await changed(auth, ada, alex, if_match=f'"{version}"', role="admin"))["role"] == "admin"


async def test_what_stays_as_it_is_is_no_event(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)

    ok(await changed(auth, ada, alex, name="Alex Agent", role="agent", active=True))
    ok(await me(auth, alex))
    ok(await changed(auth, ada, alex, name="Alexis"))

    assert [event.action for event in await history(auth, alex.id, length=2)] == ["user.registered", "user.updated"]
