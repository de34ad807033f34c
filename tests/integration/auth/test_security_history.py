"""People see what changed in how their account is protected."""

from typing import Any

import pytest

from tests.support.credentials import history, set_up
from tests.support.desk import ok
from tests.support.people import PASSWORD, Person, log_in, make_admin, make_agent
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def get_page(auth: RunningService, person: Person, **query: Any) -> dict[str, Any]:
    path = "/api/v1/auth/me/security-events"
    return ok(await auth.http.get(path, headers=person.headers, params=query))


async def test_the_history_shows_own_changes_newest_first_and_who_made_them(
    auth: RunningService, organisation: str
) -> None:
    alex, other = await make_agent(auth, "Alex Agent", organisation), await make_admin(auth, "Ada Admin", organisation)
    await set_up(auth, alex)
    await set_up(auth, other)
    change = {"current_password": PASSWORD, "new_password": "an entirely new password"}
    answer = await auth.http.post("/api/v1/auth/change-password", json=change, headers=alex.headers)
    assert answer.status_code == 204
    ok(await auth.http.patch("/api/v1/auth/me", json={"name": "Alexis"}, headers=alex.headers))
    await history(auth, alex.id, length=4)

    first = await get_page(auth, alex, limit=1)
    rest = await get_page(auth, alex, cursor=first["next_cursor"])

    [newest], [oldest] = first["items"], rest["items"]
    assert (newest["type"], oldest["type"]) == ("password.changed", "mfa.enabled")
    assert newest["actor"] == {"id": str(alex.id), "name": "Alex Agent"}
    assert newest["occurred_at"] > oldest["occurred_at"]
    assert rest["next_cursor"] is None
    assert newest.keys() == {"id", "type", "occurred_at", "actor", "ip", "user_agent"}


async def test_the_history_shows_the_address_and_the_browser_of_nobody_else(
    auth: RunningService, organisation: str
) -> None:
    alex, ada = await make_agent(auth, "Alex Agent", organisation), await make_admin(auth, "Ada Admin", organisation)
    await set_up(auth, alex)
    path = f"/api/v1/users/{alex.id}"
    assert (await auth.http.delete(f"{path}/mfa", headers=ada.headers)).status_code == 204
    for active in (False, True):
        ok(await auth.http.patch(path, json={"active": active}, headers=ada.headers))
    await history(auth, alex.id, length=5)

    alex = await log_in(auth, alex.email, organisation)
    *by_ada, own = (await get_page(auth, alex))["items"]

    assert [each["type"] for each in by_ada] == ["user.reactivated", "user.deactivated", "mfa.disabled"]
    assert [(each["actor"]["name"], each["ip"], each["user_agent"]) for each in by_ada] == [
        ("Ada Admin", None, None)
    ] * 3
    assert own["type"] == "mfa.enabled"
    assert own["ip"] is not None
    assert own["user_agent"] is not None
