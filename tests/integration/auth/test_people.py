"""User administration: lists, roles, deactivation, and at least one admin."""

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
from tests.support.credentials import history, logged_events, refresh_token, with_cookie
from tests.support.desk import ok, problem
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


async def list_users(auth: RunningService, by: Person, **query: Any) -> dict[str, Any]:
    return ok(await auth.http.get("/api/v1/users", headers=by.headers, params=query))


async def list_names(auth: RunningService, by: Person, **query: Any) -> list[str]:
    return [item["name"] for item in (await list_users(auth, by, **query))["items"]]


async def patch_user(
    auth: RunningService, by: Person, whom: Person, *, if_match: str | None = None, **fields: Any
) -> httpx.Response:
    headers = {**by.headers, **({"If-Match": if_match} if if_match else {})}
    return await auth.http.patch(f"/api/v1/users/{whom.id}", json=fields, headers=headers)


async def get_me(auth: RunningService, person: Person) -> httpx.Response:
    return await auth.http.get("/api/v1/auth/me", headers=person.headers)


async def test_pages_show_each_user_once_by_name(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    for name in ("zoe Last", "Ben Agent", "anna Agent", "Ben Other"):
        await make_agent(auth, name, organisation)
    await make_outsider(auth)
    expected = ["Ada Admin", "anna Agent", "Ben Agent", "Ben Other", "zoe Last"]

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await list_users(auth, ada, limit=2, **cursor)
        seen += [item["name"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == expected == await list_names(auth, ada)


@pytest.mark.parametrize("name", ["Я" * 100, "漢" * 56, "👩\u200d🚒" * 28, '"\\' * 50], ids=ascii)
async def test_pages_go_on_after_the_longest_names(auth: RunningService, organisation: str, name: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    for number in range(3):
        body = {"email": f"{number}@example.org", "password": PASSWORD, "name": name, "organisation": organisation}
        ok(await auth.http.post("/api/v1/auth/signup", json=body), 201)

    page = await list_users(auth, ada, limit=1)
    seen = [item["id"] for item in page["items"]]
    while page["next_cursor"] is not None:
        page = await list_users(auth, ada, limit=1, cursor=page["next_cursor"])
        seen += [item["id"] for item in page["items"]]

    assert len(seen) == len(set(seen)) == 4


async def test_users_are_found_by_role_state_and_prefix_of_name_or_address(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    casey = await make_person(auth, "customer", "Casey Lindgren", organisation)
    await make_agent(auth, "Robin Lindgren", organisation)
    ok(await patch_user(auth, ada, casey, active=False))

    assert await list_names(auth, ada, role="agent") == ["Robin Lindgren"]
    assert await list_names(auth, ada, active=False) == ["Casey Lindgren"]
    assert await list_names(auth, ada, active=True, role="customer") == []
    assert await list_names(auth, ada, text="LIND") == ["Casey Lindgren", "Robin Lindgren"]
    assert await list_names(auth, ada, text="casey l") == ["Casey Lindgren"]
    assert await list_names(auth, ada, text="robin.lindgren@exa") == ["Robin Lindgren"]
    assert await list_names(auth, ada, text="example.org") == ["Ada Admin", "Casey Lindgren", "Robin Lindgren"]
    assert await list_names(auth, ada, text="lind", role="customer") == ["Casey Lindgren"]
    assert await list_names(auth, ada, text="  Casey  ") == ["Casey Lindgren"]
    for nothing in ("ndgren", ".*", "^", "("):
        assert await list_names(auth, ada, text=nothing) == []


async def test_every_filter_is_served_by_an_index(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    users = auth.db["users"]
    base = {"organisation_id": ada.organisation_id}
    filters: list[dict[str, Any]] = [{}, {"role": "agent"}, {"active": False}, {"search_terms": {"$regex": "^ada"}}]
    for query in filters:
        plan = await users.find({**base, **query}).sort([("name_key", 1), ("_id", 1)]).limit(21).explain()
        assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), query


async def test_an_admin_reads_one_user(auth: RunningService, organisation: str) -> None:
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


async def test_only_admins_manage_users_and_only_those_of_their_organisation(
    auth: RunningService, organisation: str
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    customer = await make_person(auth, "customer", "Casey Customer", organisation)
    for person in (alex, customer, await make_operator(auth, f"Olga {uuid4()}")):
        problem(await auth.http.get("/api/v1/users", headers=person.headers), 403, "forbidden")
        problem(await auth.http.get(f"/api/v1/users/{ada.id}", headers=person.headers), 403, "forbidden")
        problem(await patch_user(auth, person, ada, name="Mine"), 403, "forbidden")
    outsider = await make_outsider(auth)
    unseen = [await auth.http.get(f"/api/v1/users/{id_}", headers=outsider.headers) for id_ in (alex.id, uuid4())] + [
        await patch_user(auth, outsider, alex, role="customer")
    ]
    for answer in unseen:
        problem(answer, 404, "not_found")


async def test_operators_are_invisible_to_the_admins_of_their_organisation(auth: RunningService) -> None:
    ada = await make_admin(auth, f"Ada {uuid4()}")
    olga = await make_operator(auth, f"Olga {uuid4()}")

    problem(await auth.http.get(f"/api/v1/users/{olga.id}", headers=ada.headers), 404, "not_found")
    problem(await patch_user(auth, ada, olga, active=False), 404, "not_found")
    assert await list_names(auth, ada, text=olga.name) == []


async def test_a_new_role_takes_effect_at_once_and_the_session_continues(
    auth: RunningService, organisation: str
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)

    assert ok(await patch_user(auth, ada, alex, role="admin"))["role"] == "admin"

    problem(await get_me(auth, alex), 401, "token_outdated")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    assert ok(refreshed)["user"]["role"] == "admin"
    ok(await auth.http.get("/api/v1/users", headers=Person.of(refreshed.json()).headers))
    event = (await history(auth, alex.id, length=2))[-1]
    updated = UserUpdated.model_validate(event.data)
    assert (updated.changes["role"].before, updated.changes["role"].after) == ("agent", "admin")
    assert (updated.person.role, event.actor and event.actor.id) == ("admin", ada.id)


async def test_a_deactivated_user_is_locked_out_at_once_without_the_reason(
    auth: RunningService, organisation: str
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)

    assert ok(await patch_user(auth, ada, alex, active=False))["active"] is False

    for person in (alex, Person.of(answer.json())):
        problem(await get_me(auth, person), 401, "session_ended")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    problem(refreshed, 401, "session_ended")
    problem(await auth.http.post("/api/v1/auth/login", json=body), 401, "wrong_credentials")
    [gone] = await logged_events(auth, UserDeactivated, alex.organisation_id)
    assert (gone.person.id, gone.person.active) == (alex.id, False)
    revoked = await logged_events(auth, SessionRevoked, alex.organisation_id, count=2)
    assert [(each.user_id, each.reason) for each in revoked] == [(alex.id, "deactivated")] * 2


async def test_a_reactivated_user_logs_in_again(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    ok(await patch_user(auth, ada, alex, active=False))

    ok(await patch_user(auth, ada, alex, active=True))

    problem(await get_me(auth, alex), 401, "session_ended")
    ok(await get_me(auth, await log_in(auth, alex.email, organisation)))
    [back] = await logged_events(auth, UserReactivated, alex.organisation_id)
    assert back.person.active


async def test_admins_cannot_change_their_own_role_or_deactivate_themselves(
    auth: RunningService, organisation: str
) -> None:
    ada, _ = [await make_admin(auth, name, organisation) for name in ("Ada Admin", "Other Admin")]

    problem(await patch_user(auth, ada, ada, role="agent"), 403, "own_account")
    problem(await patch_user(auth, ada, ada, active=False), 403, "own_account")

    assert ok(await patch_user(auth, ada, ada, role="admin", active=True, name="Ada A."))["name"] == "Ada A."


async def test_the_role_operator_cannot_be_granted(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)

    problem(await patch_user(auth, ada, alex, role="operator"), 422, "invalid")


@pytest.mark.parametrize("change", [{"role": "customer"}, {"active": False}])
async def test_of_two_admins_who_remove_each_other_at_the_same_time_one_stays(
    auth: RunningService, organisation: str, change: dict[str, Any]
) -> None:
    for _ in range(3):
        one, other = [await make_admin(auth, f"Admin {uuid4()}", organisation) for _ in range(2)]

        answers = await asyncio.gather(patch_user(auth, one, other, **change), patch_user(auth, other, one, **change))

        assert sorted(answer.status_code for answer in answers)[0] == 200
        admins = {"organisation_id": one.organisation_id, "role": "admin", "active": True}
        assert await auth.db["users"].count_documents(admins) >= 1
        await auth.db["users"].update_many(admins, {"$set": {"active": False}})


async def test_the_last_active_admin_cannot_be_removed(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    former = Principal(uuid4(), ada.organisation_id, "admin", uuid4(), "A former admin", clock.now())

    for change in (UserChange(role="agent"), UserChange(active=False)):
        with pytest.raises(Conflict) as caught:
            await change_user(ada.id, change, former, None)
        assert caught.value.slug == "last_admin"

    ok(await auth.http.get("/api/v1/users", headers=ada.headers))


async def test_a_change_of_an_outdated_version_is_refused(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    version = ok(await patch_user(auth, ada, alex, name="Alexis"))["version"]

    problem(await patch_user(auth, ada, alex, if_match=f'"{version - 1}"', role="admin"), 412, "precondition_failed")
    assert ok(await patch_user(auth, ada, alex, if_match=f'"{version}"', role="admin"))["role"] == "admin"


async def test_an_unchanged_field_causes_no_event(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)

    ok(await patch_user(auth, ada, alex, name="Alex Agent", role="agent", active=True))
    ok(await get_me(auth, alex))
    ok(await patch_user(auth, ada, alex, name="Alexis"))

    assert [event.action for event in await history(auth, alex.id, length=2)] == ["user.registered", "user.updated"]
