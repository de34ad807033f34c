"""A session that was left open is not enough to give somebody power over the organisation, or to take it away."""

from typing import Any

import httpx
import pytest

from tests.support.credentials import outdate_proof, reauthenticate, set_up
from tests.support.desk import problem
from tests.support.people import Person, another_organisation, make_admin, make_agent, make_operator
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

INVITATION = {"email": "nina@example.org", "name": "Nina New"}


async def request(
    auth: RunningService, method: str, path: str, by: Person, body: dict[str, Any] | None = None
) -> httpx.Response:
    return await auth.http.request(method, f"/api/v1{path}", json=body, headers=by.headers)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/users/{id}", {"role": "admin"}),
        ("PATCH", "/users/{id}", {"active": False}),
        ("DELETE", "/users/{id}/mfa", None),
        ("POST", "/users/invitations", {**INVITATION, "role": "admin"}),
        ("POST", "/users/invitations", INVITATION),
        ("PATCH", "/organisation", {"settings": {"require_mfa": False}}),
        ("PATCH", "/organisation", {"settings": {"rate_limits": {"login_per_email": 50}}}),
    ],
)
async def test_an_admin_confirms_the_password_before(
    auth: RunningService, organisation: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    await set_up(auth, alex)
    path = path.format(id=alex.id)
    await outdate_proof(auth, ada)

    problem(await request(auth, method, path, ada, body), 403, "reauthentication_required")

    await reauthenticate(auth, ada)
    assert (await request(auth, method, path, ada, body)).is_success


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/users/{id}", {"name": "Alexis"}),
        ("POST", "/users/{id}/unlock", None),
        ("POST", "/users/invitations", {**INVITATION, "role": "customer"}),
        ("PATCH", "/organisation", {"name": "Our desk"}),
    ],
)
async def test_what_gives_nobody_power_needs_no_password(
    auth: RunningService, organisation: str, method: str, path: str, body: dict[str, Any] | None
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    await outdate_proof(auth, ada)

    assert (await request(auth, method, path.format(id=alex.id), ada, body)).is_success


async def test_an_operator_confirms_the_password_before_an_organisation_is_created_or_suspended(
    auth: RunningService, organisation: str
) -> None:
    olga = await make_operator(auth, "Olga Overseer")
    other = await make_agent(auth, "Other Agent", await another_organisation())
    changed = f"/organisations/{other.organisation_id}"
    new = {
        "slug": f"new-{organisation[-8:]}",
        "name": "New",
        "admin": {"email": "nina@example.org", "name": "Nina New"},
    }
    await outdate_proof(auth, olga)

    for method, path, body in (("POST", "/organisations", new), ("PATCH", changed, {"suspended": True})):
        problem(await request(auth, method, path, olga, body), 403, "reauthentication_required")

    await reauthenticate(auth, olga)
    for method, path, body in (("POST", "/organisations", new), ("PATCH", changed, {"suspended": True})):
        assert (await request(auth, method, path, olga, body)).is_success
