"""Organisations: created and suspended by operators, configured by their admins."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from auth.hashing_queue import Place
from auth.passwords import Passwords
from common.events.auth import (
    OrganisationCreated,
    OrganisationReinstated,
    OrganisationSuspended,
    OrganisationUpdated,
)
from common.ids import new_id
from tests.support.credentials import issued_links, logged_events, refresh_cookie, refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, Person, log_in, make_admin, make_agent, make_operator
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

ORGANISATIONS = "/api/v1/organisations"


async def new_operator(auth: RunningService) -> Person:
    return await make_operator(auth, f"Olga {uuid4()}")


async def create(auth: RunningService, by: Person, slug: str, **fields: Any) -> httpx.Response:
    return await auth.http.post(
        ORGANISATIONS, json={"slug": slug, "name": "Copper & Sons", **fields}, headers=by.headers
    )


async def patch_organisation(auth: RunningService, by: Person, id_: object, **fields: Any) -> httpx.Response:

    return await auth.http.patch(f"{ORGANISATIONS}/{id_}", json=fields, headers=by.headers)


async def change_own(auth: RunningService, by: Person, *, if_match: str | None = None, **fields: Any) -> httpx.Response:

    headers = {**by.headers, **({"If-Match": if_match} if if_match else {})}
    return await auth.http.patch("/api/v1/organisation", json=fields, headers=headers)


async def get_me(auth: RunningService, person: Person) -> httpx.Response:
    return await auth.http.get("/api/v1/auth/me", headers=person.headers)


async def test_an_operator_creates_an_organisation_and_invites_its_first_admin(auth: RunningService) -> None:
    olga, slug = await new_operator(auth), f"copper-{uuid4().hex[:8]}"

    answer = await create(auth, olga, slug, admin={"email": "ada@copper.example", "name": "Ada Copper"})

    body = ok(answer, 201)
    assert answer.headers["Location"] == f"{ORGANISATIONS}/{body['id']}"
    assert (body["slug"], body["name"], body["suspended_at"]) == (slug, "Copper & Sons", None)
    assert ok(await auth.http.get(answer.headers["Location"], headers=olga.headers)) == body
    [letter] = await issued_links(auth, "invitation", UUID(body["id"]))
    accepted = {"token": letter.token, "password": PASSWORD}
    joined = ok(await auth.http.post("/api/v1/auth/accept-invitation", json=accepted), 201)
    assert joined["user"]["role"] == "admin"
    ada = await log_in(auth, "ada@copper.example", slug)
    assert ok(await auth.http.get("/api/v1/organisation", headers=ada.headers))["slug"] == slug
    [created] = await logged_events(auth, OrganisationCreated, UUID(body["id"]))
    assert created.slug == slug


async def test_a_short_name_is_unique(auth: RunningService) -> None:
    olga, slug = await new_operator(auth), f"copper-{uuid4().hex[:8]}"
    ok(await create(auth, olga, slug), 201)

    again = await create(auth, olga, slug, admin={"email": "ada@copper.example", "name": "Ada Copper"})

    problem(again, 409, "slug_taken")


@pytest.mark.parametrize("slug", ["", "a", "UPPER", "with space", "-dash", "dash-", "two--dashes", "ümlaut", "x" * 41])
async def test_an_invalid_short_name_is_refused(auth: RunningService, slug: str) -> None:
    problem(await create(auth, await new_operator(auth), slug), 422, "invalid")


async def test_only_operators_manage_organisations_and_they_manage_no_settings(
    auth: RunningService, organisation: str
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    for person in (ada, alex):
        problem(await auth.http.get(ORGANISATIONS, headers=person.headers), 403, "forbidden")
        problem(await create(auth, person, "mine"), 403, "forbidden")
        path = f"{ORGANISATIONS}/{person.organisation_id}"
        problem(await auth.http.get(path, headers=person.headers), 403, "forbidden")
        problem(await patch_organisation(auth, person, person.organisation_id, suspended=True), 403, "forbidden")
    olga = await new_operator(auth)
    for person in (alex, olga):
        problem(await auth.http.get("/api/v1/organisation", headers=person.headers), 403, "forbidden")
        problem(await change_own(auth, person, name="Mine"), 403, "forbidden")
    problem(await patch_organisation(auth, olga, uuid4(), name="Nowhere"), 404, "not_found")


async def test_pages_show_each_organisation_once(auth: RunningService) -> None:
    olga = await new_operator(auth)
    made = sorted([f"listed-{uuid4().hex[:8]}" for _ in range(3)])
    for slug in made:
        ok(await create(auth, olga, slug), 201)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ok(await auth.http.get(ORGANISATIONS, headers=olga.headers, params={"limit": 2, **cursor}))
        seen += [item["slug"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    assert seen == sorted(set(seen))
    assert {"default", *made} <= set(seen)


async def test_a_suspension_locks_out_all_users_without_giving_the_reason(
    auth: RunningService, organisation: str
) -> None:
    olga, alex = await new_operator(auth), await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)

    suspended = ok(await patch_organisation(auth, olga, alex.organisation_id, suspended=True))

    assert suspended["suspended_at"] is not None
    problem(await get_me(auth, alex), 401, "session_ended")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    problem(refreshed, 401, "session_ended")
    problem(await auth.http.post("/api/v1/auth/login", json=body), 401, "wrong_credentials")
    new = {**body, "email": "new@example.org"}
    problem(await auth.http.post("/api/v1/auth/signup", json=new), 403, "sign_up_closed")
    assert len(await logged_events(auth, OrganisationSuspended, alex.organisation_id)) == 1


async def test_after_a_reinstatement_users_log_in_again(auth: RunningService, organisation: str) -> None:
    olga, alex = await new_operator(auth), await make_agent(auth, "Alex Agent", organisation)
    ok(await patch_organisation(auth, olga, alex.organisation_id, suspended=True))

    assert ok(await patch_organisation(auth, olga, alex.organisation_id, suspended=False))["suspended_at"] is None

    problem(await get_me(auth, alex), 401, "session_ended")
    ok(await get_me(auth, await log_in(auth, alex.email, organisation)))
    assert len(await logged_events(auth, OrganisationReinstated, alex.organisation_id)) == 1


async def test_a_suspension_writes_none_of_the_sessions_that_it_ends(auth: RunningService, organisation: str) -> None:
    olga, alex = await new_operator(auth), await make_agent(auth, "Alex Agent", organisation)
    sessions = auth.db["sessions"]
    stored = await sessions.find_one({"user_id": alex.id})
    assert stored is not None
    await sessions.insert_many([{**stored, "_id": new_id(), "user_id": new_id(), "outbox": []} for _ in range(500)])
    of_organisation = {"organisation_id": alex.organisation_id}, {"version": 1, "ended_at": 1}
    before = await sessions.find(*of_organisation).sort("_id").to_list()

    ok(await patch_organisation(auth, olga, alex.organisation_id, suspended=True))

    assert await sessions.find(*of_organisation).sort("_id").to_list() == before
    problem(await get_me(auth, alex), 401, "session_ended")


async def test_a_suspension_writes_neither_the_invitations_nor_the_users_whose_links_it_ends(
    auth: RunningService, organisation: str
) -> None:
    olga, ada = await new_operator(auth), await make_admin(auth, "Ada Admin", organisation)
    new = {"email": "nina@example.org", "name": "Nina New", "role": "agent"}
    ok(await auth.http.post("/api/v1/users/invitations", json=new, headers=ada.headers), 201)
    await auth.http.post("/api/v1/auth/forgot-password", json={"email": ada.email, "organisation": organisation})
    [reset] = await issued_links(auth, "password_reset", ada.organisation_id)
    [invitation] = await issued_links(auth, "invitation", ada.organisation_id)
    of_organisation = {"organisation_id": ada.organisation_id}, {"outbox": 0}
    before = [await auth.db[name].find(*of_organisation).to_list() for name in ("users", "invitations")]

    ok(await patch_organisation(auth, olga, ada.organisation_id, suspended=True))
    ok(await patch_organisation(auth, olga, ada.organisation_id, suspended=False))

    assert [await auth.db[name].find(*of_organisation).to_list() for name in ("users", "invitations")] == before
    body = {"token": reset.token, "password": "an entirely new password"}
    problem(await auth.http.post("/api/v1/auth/reset-password", json=body), 422, "invalid_token")
    body = {"token": invitation.token, "password": PASSWORD}
    problem(await auth.http.post("/api/v1/auth/accept-invitation", json=body), 422, "invalid_token")
    ada = await log_in(auth, ada.email, organisation)
    assert ok(await auth.http.get("/api/v1/users/invitations", headers=ada.headers))["items"] == []
    ok(await auth.http.post("/api/v1/users/invitations", json=new, headers=ada.headers), 201)
    [_, again] = await issued_links(auth, "invitation", ada.organisation_id, count=2)
    body = {"token": again.token, "password": PASSWORD}
    ok(await auth.http.post("/api/v1/auth/accept-invitation", json=body), 201)


async def test_a_link_that_was_sent_after_a_reinstatement_works(auth: RunningService, organisation: str) -> None:
    olga, alex = await new_operator(auth), await make_agent(auth, "Alex Agent", organisation)
    for suspended in (True, False):
        ok(await patch_organisation(auth, olga, alex.organisation_id, suspended=suspended))
    await auth.http.post("/api/v1/auth/forgot-password", json={"email": alex.email, "organisation": organisation})
    [reset] = await issued_links(auth, "password_reset", alex.organisation_id)
    new = {"email": "casey@example.org", "password": PASSWORD, "organisation": organisation}
    casey = Person.of(ok(await auth.http.post("/api/v1/auth/signup", json=new), 201))
    [verification] = await issued_links(auth, "verify_email", alex.organisation_id)

    body = {"token": reset.token, "password": "an entirely new password"}
    assert (await auth.http.post("/api/v1/auth/reset-password", json=body)).status_code == 204
    verified = await auth.http.post(
        "/api/v1/auth/verify-email", json={"token": verification.token}, headers=casey.headers
    )
    assert verified.status_code == 204


async def test_a_session_of_before_a_suspension_is_neither_refreshed_nor_listed_afterwards(
    auth: RunningService, organisation: str
) -> None:
    olga, alex = await new_operator(auth), await make_agent(auth, "Alex Agent", organisation)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)
    for suspended in (True, False):
        ok(await patch_organisation(auth, olga, alex.organisation_id, suspended=suspended))

    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))

    problem(refreshed, 401, "session_ended")
    again = await log_in(auth, alex.email, organisation)
    listed = ok(await auth.http.get("/api/v1/auth/sessions", headers=again.headers))["items"]
    assert [session["current"] for session in listed] == [True]


async def test_a_login_concurrent_with_a_suspension_gets_no_token(
    auth: RunningService, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga, alex = await new_operator(auth), await make_agent(auth, "Alex Agent", organisation)
    verify = Passwords.verify

    async def slow(self: Passwords, password: str, hashed: str | None, place: Place | None = None) -> bool:
        right = await verify(self, password, hashed, place)
        ok(await patch_organisation(auth, olga, alex.organisation_id, suspended=True))
        return right

    monkeypatch.setattr(Passwords, "verify", slow)
    body = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)

    problem(answer, 401, "session_ended")
    assert refresh_cookie(answer) is None


async def test_operators_cannot_suspend_their_own_organisation(auth: RunningService) -> None:
    olga = await new_operator(auth)

    problem(await patch_organisation(auth, olga, olga.organisation_id, suspended=True), 409, "own_organisation")


async def test_an_admin_changes_name_and_settings_and_the_event_has_each_change(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    before = ok(await auth.http.get("/api/v1/organisation", headers=ada.headers))
    assert before["settings"] == {
        "require_mfa": False,
        "open_sign_up": True,
        "rate_limits": {
            "login_per_ip": 10,
            "login_per_email": 5,
            "signup_per_ip": 5,
            "forgot_password_per_ip": 20,
            "forgot_password_per_email": 5,
        },
    }

    answer = await change_own(auth, ada, name="Copper", settings={"rate_limits": {"login_per_ip": 100}})

    body = ok(answer)
    assert (body["name"], body["settings"]["rate_limits"]["login_per_ip"]) == ("Copper", 100)
    assert body["settings"]["rate_limits"]["login_per_email"] == 5
    [updated] = await logged_events(auth, OrganisationUpdated, ada.organisation_id)
    assert {name: (change.before, change.after) for name, change in updated.changes.items()} == {
        "name": (before["name"], "Copper"),
        "settings.rate_limits.login_per_ip": (10, 100),
    }
    assert answer.headers["ETag"] == f'"{body["version"]}"'
    stale = await change_own(auth, ada, if_match=f'"{before["version"]}"', name="Iron")
    problem(stale, 412, "precondition_failed")


@pytest.mark.parametrize(
    "limits", [{"login_per_ip": 9}, {"login_per_email": 0}, {"signup_per_ip": 4}, {"forgot_password_per_email": -1}]
)
async def test_rate_limits_cannot_be_lower_than_the_default(
    auth: RunningService, organisation: str, limits: dict[str, int]
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)

    problem(await change_own(auth, ada, settings={"rate_limits": limits}), 422, "invalid")


async def test_without_open_sign_up_only_invited_people_join(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    new = {"email": "casey@example.org", "password": PASSWORD, "organisation": organisation}

    closed = ok(await change_own(auth, ada, settings={"open_sign_up": False}))

    assert closed["settings"]["open_sign_up"] is False
    problem(await auth.http.post("/api/v1/auth/signup", json=new), 403, "sign_up_closed")
    invitation = {"email": "alex@example.org", "name": "Alex Agent", "role": "agent"}
    ok(await auth.http.post("/api/v1/users/invitations", json=invitation, headers=ada.headers), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    accepted = {"token": letter.token, "password": PASSWORD}
    ok(await auth.http.post("/api/v1/auth/accept-invitation", json=accepted), 201)
    [updated] = await logged_events(auth, OrganisationUpdated, ada.organisation_id)
    assert {name: (each.before, each.after) for name, each in updated.changes.items()} == {
        "settings.open_sign_up": (True, False)
    }
    ok(await change_own(auth, ada, settings={"open_sign_up": True}))
    ok(await auth.http.post("/api/v1/auth/signup", json=new), 201)
