"""The names of people and organisations are one visible line, and hold no link."""

from typing import Any

import pytest

from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, make_admin, make_operator
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def sign_up(auth: RunningService, organisation: str, **fields: Any) -> Any:
    body = {"email": "casey@example.org", "password": PASSWORD, "organisation": organisation, **fields}
    return await auth.http.post("/api/v1/auth/signup", json=body)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("\u200b\u200b", "can be seen"),
        ("\u3164", "can be seen"),
        ("\0", "can be seen"),
        ("Sam,\r\n\r\nYour mailbox is full. Visit http://evil.example/login", "without a link"),
        ("Sam www.evil.example", "without a link"),
        ("Sam ｈｔｔｐ：／／evil.example", "without a link"),
        ("Sam WWW\u200b.evil.example", "without a link"),
    ],
)
async def test_a_name_that_is_invisible_or_holds_a_link_is_refused_with_what_to_do(
    auth: RunningService, organisation: str, name: str, hint: str
) -> None:
    refused = problem(await sign_up(auth, organisation, name=name), 422, "invalid")

    [error] = refused["errors"]
    assert error["field"] == "name"
    assert hint in error["message"]
    assert not error["message"].startswith("Value error")


async def test_a_name_loses_its_bidi_override_and_its_line_breaks(auth: RunningService, organisation: str) -> None:
    user = ok(await sign_up(auth, organisation, name="Ann\u202etxet\n (Support)"), 201)["user"]

    assert user["name"] == "Anntxet (Support)"


async def test_a_local_part_that_looks_like_a_link_becomes_no_name_with_one(
    auth: RunningService, organisation: str
) -> None:
    user = ok(await sign_up(auth, organisation, email="www.evil.example@example.org"), 201)["user"]

    assert user["name"] == "www evil example"


async def test_a_profile_an_invitation_and_an_organisation_follow_the_same_rule(
    auth: RunningService, organisation: str
) -> None:
    admin, operator = await make_admin(auth, "Ada Admin", organisation), await make_operator(auth, "Olga Names")
    changes: list[tuple[str, str, dict[str, Any], dict[str, str]]] = [
        ("PATCH", "/auth/me", {}, admin.headers),
        ("POST", "/users/invitations", {"email": "new@example.org"}, admin.headers),
        ("PATCH", "/organisation", {}, admin.headers),
        ("POST", "/organisations", {"slug": f"new-{organisation[-8:]}"}, operator.headers),
    ]
    for method, path, body, headers in changes:
        for name in ("\u2060", "\u00ad\u200f"):
            answer = await auth.http.request(method, f"/api/v1{path}", json={**body, "name": name}, headers=headers)
            assert problem(answer, 422, "invalid")["errors"][0]["message"] == "Enter text that can be seen.", path
        advertising = {**body, "name": "Your mailbox is full: www.evil.example"}
        answer = await auth.http.request(method, f"/api/v1{path}", json=advertising, headers=headers)
        assert problem(answer, 422, "invalid")["errors"][0]["message"] == "Enter a name without a link.", path
        answer = await auth.http.request(method, f"/api/v1{path}", json={**body, "name": "A\u202eB"}, headers=headers)
        assert answer.json()["name"] == "AB", answer.text
