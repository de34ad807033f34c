"""Invitations: sent by admins, accepted once with the link."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from auth.session.commands import Sessions
from common import clock
from common.errors import Unavailable
from common.events.auth import UserRegistered
from common.ids import new_id
from tests.support.credentials import (
    history,
    issued_links,
    logged_events,
    refresh_cookie,
    refresh_token,
    set_up,
    with_cookie,
)
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
    sign_up,
)
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

INVITATIONS = "/api/v1/users/invitations"


async def invite(auth: RunningService, by: Person, *, key: str | None = None, **fields: Any) -> httpx.Response:
    body = {"email": "nina.new@example.org", "name": "Nina New", **fields}
    headers = {**by.headers, **({"Idempotency-Key": key} if key else {})}
    return await auth.http.post(INVITATIONS, json=body, headers=headers)


async def accept(auth: RunningService, token: str, **fields: Any) -> httpx.Response:
    body = {"token": token, "password": PASSWORD, **fields}
    return await auth.http.post("/api/v1/auth/accept-invitation", json=body)


async def list_open(auth: RunningService, by: Person) -> list[str]:
    """Their addresses."""
    items = ok(await auth.http.get(INVITATIONS, headers=by.headers))["items"]
    return [item["email"] for item in items]


async def test_accepting_creates_the_invited_user_and_logs_in(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    invitation = ok(await invite(auth, ada, role="agent", locale="de"), 201)
    assert invitation["invited_by"] == {"id": str(ada.id), "name": "Ada Admin"}
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    assert (letter.recipient.email, letter.recipient.locale) == ("nina.new@example.org", "de")
    assert letter.context == {"organisation": organisation.title(), "inviter": "Ada Admin"}

    answer = await accept(auth, letter.token)

    user = ok(answer, 201)["user"]
    assert (user["email"], user["name"], user["role"]) == ("nina.new@example.org", "Nina New", "agent")
    assert user["organisation_id"] == str(ada.organisation_id)
    assert refresh_cookie(answer) is not None
    profile = ok(await auth.http.get("/api/v1/auth/me", headers=Person.of(answer.json()).headers))
    assert (profile["email_verified"], profile["locale"]) == (True, "de")
    await log_in(auth, "nina.new@example.org", organisation)
    registered = await logged_events(auth, UserRegistered, ada.organisation_id, count=2)
    assert registered[-1].person.email_verified
    assert await list_open(auth, ada) == []


async def test_a_link_is_valid_once(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    ok(await invite(auth, ada), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)

    answers = await asyncio.gather(*(accept(auth, letter.token) for _ in range(3)))

    assert sorted(answer.status_code for answer in answers) == [201, 422, 422]
    problem(await accept(auth, letter.token), 422, "invalid_token")


async def test_the_invited_person_can_change_the_name_and_a_weak_password_does_not_consume_the_link(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    ok(await invite(auth, ada), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    body = problem(await accept(auth, letter.token, password="sunshine"), 422, "invalid")
    assert [wrong["field"] for wrong in body["errors"]] == ["password"]

    assert ok(await accept(auth, letter.token, name="Nina N."), 201)["user"]["name"] == "Nina N."


async def test_after_a_second_invitation_only_the_newest_link_is_valid(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    first = ok(await invite(auth, ada), 201)
    ok(await invite(auth, ada, email="NINA.new@example.org"), 201)
    old, new = await issued_links(auth, "invitation", ada.organisation_id, count=2)

    assert await list_open(auth, ada) == ["NINA.new@example.org"]
    problem(await accept(auth, old.token), 422, "invalid_token")
    ok(await accept(auth, new.token), 201)
    events = await history(auth, UUID(first["id"]), length=3)
    assert [event.action for event in events] == ["invitation.created", "secret_link.issued", "invitation.revoked"]


async def test_the_link_of_a_revoked_invitation_is_invalid(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    path = f"{INVITATIONS}/{ok(await invite(auth, ada), 201)['id']}"
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    outsider = await make_outsider(auth)
    problem(await auth.http.delete(path, headers=outsider.headers), 404, "not_found")
    problem(await auth.http.delete(path, headers={**ada.headers, "If-Match": '"7"'}), 412, "precondition_failed")

    gone = await auth.http.delete(path, headers=ada.headers)

    assert (gone.status_code, gone.content) == (204, b"")
    problem(await accept(auth, letter.token), 422, "invalid_token")
    problem(await auth.http.delete(path, headers=ada.headers), 404, "not_found")
    assert await list_open(auth, ada) == []


async def test_an_invitation_expires_after_a_week_and_is_no_longer_listed(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    id_ = UUID(ok(await invite(auth, ada), 201)["id"])
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    stored = await auth.db["invitations"].find_one({"_id": id_})
    assert stored is not None
    assert abs(stored["expires_at"] - stored["created_at"] - timedelta(days=7)) < timedelta(seconds=1)
    over = {"expires_at": stored["created_at"], "token.expires_at": stored["created_at"]}
    await auth.db["invitations"].update_one({"_id": id_}, {"$set": over})

    assert await list_open(auth, ada) == []
    problem(await accept(auth, letter.token), 422, "invalid_token")


async def test_nobody_is_invited_to_a_role_that_their_verified_account_has(
    auth: RunningService, organisation: str
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)

    problem(await invite(auth, ada, email=alex.email.upper(), role="agent"), 409, "email_taken")
    problem(await invite(auth, ada, email=alex.email, role="customer"), 409, "email_taken")
    ok(await invite(auth, ada, email=alex.email, role="admin"), 201)


async def test_a_deactivated_user_is_not_invited_and_accepts_nothing(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    casey = await make_person(auth, "customer", "Casey Customer", organisation)
    ok(await invite(auth, ada, email=casey.email), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    ok(await auth.http.patch(f"/api/v1/users/{casey.id}", json={"active": False}, headers=ada.headers))

    problem(await invite(auth, ada, email=casey.email), 409, "account_deactivated")
    problem(await accept(auth, letter.token), 409, "account_deactivated")


async def test_a_verified_customer_accepts_a_role_with_the_own_password(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    casey = await make_person(auth, "customer", "Casey Customer", organisation)
    ok(await invite(auth, ada, email=casey.email, name="Another Name"), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    problem(await accept(auth, letter.token, password="another password"), 422, "wrong_password")
    problem(await accept(auth, letter.token, password=None), 409, "login_required")
    assert (await log_in(auth, casey.email, organisation)).role == "customer"

    user = ok(await accept(auth, letter.token), 201)["user"]

    assert (user["id"], user["name"], user["role"]) == (str(casey.id), "Casey Customer", "agent")
    updated = (await history(auth, casey.id, length=2))[-1]
    assert (updated.action, updated.actor and updated.actor.id) == ("user.updated", ada.id)


async def test_a_verified_customer_accepts_a_role_in_a_session_which_a_new_one_replaces(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    casey = await make_person(auth, "customer", "Casey Customer", organisation)
    await set_up(auth, casey)
    ok(await invite(auth, ada, email=casey.email), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    problem(await accept(auth, letter.token), 409, "login_required")  # the password is half of the proof

    body = {"token": letter.token}
    answer = await auth.http.post("/api/v1/auth/accept-invitation", json=body, headers=casey.headers)

    assert ok(answer, 201)["user"]["role"] == "agent"
    problem(await auth.http.get("/api/v1/auth/me", headers=casey.headers), 401, "session_ended")
    profile = ok(await auth.http.get("/api/v1/auth/me", headers=Person.of(answer.json()).headers))
    assert profile["mfa_enabled"]


async def test_the_session_of_somebody_who_accepts_a_role_continues_where_no_new_one_starts(
    auth: RunningService, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    casey = await make_person(auth, "customer", "Casey Customer", organisation)
    body = {"email": casey.email, "password": PASSWORD, "organisation": organisation}
    logged_in = await auth.http.post("/api/v1/auth/login", json=body)
    casey, cookie = Person.of(ok(logged_in)), with_cookie(refresh_token(logged_in))
    ok(await invite(auth, ada, email=casey.email), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)

    async def fail(*_: Any, **__: Any) -> None:
        raise Unavailable("MongoDB is away.")

    with monkeypatch.context() as patched:
        patched.setattr(Sessions, "start", fail)
        headers = {**casey.headers, **cookie}
        answer = await auth.http.post("/api/v1/auth/accept-invitation", json={"token": letter.token}, headers=headers)
    problem(answer, 503, "unavailable")

    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=cookie)
    assert ok(refreshed)["user"]["role"] == "agent"


async def test_an_invitation_never_lowers_a_role(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    casey = await make_person(auth, "customer", "Casey Customer", organisation)
    ok(await invite(auth, ada, email=casey.email, role="agent"), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    ok(await auth.http.patch(f"/api/v1/users/{casey.id}", json={"role": "admin"}, headers=ada.headers))

    problem(await accept(auth, letter.token), 409, "email_taken")

    assert (await log_in(auth, casey.email, organisation)).role == "admin"


async def test_a_customer_who_signed_up_meanwhile_is_taken_over(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    ok(await invite(auth, ada), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    stranger = await sign_up(auth, "Nina New", organisation)
    await set_up(auth, stranger)

    user = ok(await accept(auth, letter.token, password="the password of the invited"), 201)["user"]

    assert (user["id"], user["role"]) == (str(stranger.id), "agent")
    problem(await auth.http.get("/api/v1/auth/me", headers=stranger.headers), 401, "session_ended")
    stored = await auth.db["users"].find_one({"_id": stranger.id})
    assert stored is not None
    assert (stored["email_verified"], stored["mfa_enabled"]) == (True, False)


@pytest.mark.parametrize("change", [{"active": False}, {"role": "agent"}])
async def test_open_invitations_end_with_the_right_of_the_inviter(
    auth: RunningService, organisation: str, change: dict[str, Any]
) -> None:
    ada, rita = [await make_admin(auth, name, organisation) for name in ("Ada Admin", "Rita Rogue")]
    ok(await invite(auth, rita, role="admin"), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)

    ok(await auth.http.patch(f"/api/v1/users/{rita.id}", json=change, headers=ada.headers))

    assert await list_open(auth, ada) == []
    problem(await accept(auth, letter.token), 422, "invalid_token")


async def test_an_inviter_must_still_be_an_admin_when_the_invitation_is_accepted(
    auth: RunningService, organisation: str
) -> None:
    rita = await make_admin(auth, "Rita Rogue", organisation)
    ok(await invite(auth, rita, role="admin"), 201)
    [letter] = await issued_links(auth, "invitation", rita.organisation_id)
    await auth.db["users"].update_one({"_id": rita.id}, {"$set": {"active": False}})

    problem(await accept(auth, letter.token), 422, "invalid_token")


async def test_a_suspended_organisation_accepts_no_invitation_and_no_user_is_left_behind(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    ok(await invite(auth, ada), 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    # As between the suspension and the end of what depends on it.
    suspended = {"$set": {"suspended_at": clock.now()}}
    await auth.db["organisations"].update_one({"_id": ada.organisation_id}, suspended)

    problem(await accept(auth, letter.token), 403, "organisation_suspended")

    assert await auth.db["users"].count_documents({"organisation_id": ada.organisation_id}) == 1
    assert await count_stored_open(auth, ada) == 1


async def count_stored_open(auth: RunningService, admin: Person) -> int:
    query = {"organisation_id": admin.organisation_id, "closed_at": None}
    return await auth.db["invitations"].count_documents(query)


async def test_a_repeated_request_sends_one_invitation_and_its_response_has_no_token(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)

    answers = [await invite(auth, ada, key="k") for _ in range(2)]

    assert ok(answers[0], 201) == ok(answers[1], 201)
    [letter] = await issued_links(auth, "invitation", ada.organisation_id)
    kept = str(await auth.db["idempotency_keys"].find().to_list())
    stored = str(await auth.db["invitations"].find({"organisation_id": ada.organisation_id}).to_list())
    secret = letter.token.partition(".")[2]
    for text in (kept, answers[0].text):
        assert secret not in text
    assert secret not in stored


async def test_only_admins_can_invite_and_not_an_operator(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    for person in (alex, await make_operator(auth, f"Olga {uuid4()}")):
        problem(await invite(auth, person), 403, "forbidden")
        problem(await auth.http.get(INVITATIONS, headers=person.headers), 403, "forbidden")
        problem(await auth.http.delete(f"{INVITATIONS}/{uuid4()}", headers=person.headers), 403, "forbidden")

    problem(await invite(auth, ada, role="operator"), 422, "invalid")


async def copy_invitation(auth: RunningService, invitation: dict[str, Any], count: int, **changes: Any) -> None:
    """Stores open invitations of other addresses that are otherwise like this one."""
    stored = await auth.db["invitations"].find_one({"_id": UUID(invitation["id"])})
    assert stored is not None
    copies = [{**stored, "_id": new_id(), "email_key": f"{n}@copies.example.org", **changes} for n in range(count)]
    await auth.db["invitations"].insert_many(copies)


async def test_an_inviter_with_too_many_open_invitations_sends_another_one_once_one_is_closed(
    auth: RunningService, organisation: str
) -> None:
    ada, rita = [await make_admin(auth, name, organisation) for name in ("Ada Admin", "Rita Rogue")]
    first = ok(await invite(auth, ada), 201)
    await copy_invitation(auth, first, 99)

    refused = problem(await invite(auth, ada, email="next@example.org"), 409, "too_many_invitations")

    assert refused["detail"].startswith("You have 100 open invitations.")
    again = ok(await invite(auth, ada), 201)  # replaces the one of the same address
    ok(await invite(auth, rita, email="next@example.org"), 201)
    assert (await auth.http.delete(f"{INVITATIONS}/{again['id']}", headers=ada.headers)).status_code == 204
    ok(await invite(auth, ada, email="another@example.org"), 201)


async def test_an_organisation_with_too_many_open_invitations_sends_no_other_one(
    auth: RunningService, organisation: str
) -> None:
    ada, rita = [await make_admin(auth, name, organisation) for name in ("Ada Admin", "Rita Rogue")]
    first = ok(await invite(auth, ada), 201)
    await copy_invitation(auth, first, 999, invited_by={"id": new_id(), "name": "Somebody Else"})

    refused = problem(await invite(auth, rita, email="next@example.org"), 409, "too_many_invitations")

    assert refused["detail"].startswith("Your organisation has 1000 open invitations.")


async def test_of_two_invitations_at_once_the_last_place_goes_to_one(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    await copy_invitation(auth, ok(await invite(auth, ada), 201), 98)

    answers = await asyncio.gather(*(invite(auth, ada, email=f"{n}@example.org") for n in range(4)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
