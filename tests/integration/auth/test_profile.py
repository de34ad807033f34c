"""What people change about themselves, and how they prove an address."""

from typing import Any

import httpx
import pytest

from common.events.auth import UserUpdated
from tests.support.credentials import history, issued_links, outdate_proof, reauthenticate
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, Person, log_in, make_agent, sign_up
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def get_profile(auth: RunningService, person: Person) -> dict[str, Any]:
    """As they see themselves."""
    return ok(await auth.http.get("/api/v1/auth/me", headers=person.headers))


async def edit(auth: RunningService, person: Person, *, if_match: str | None = None, **fields: Any) -> httpx.Response:
    """Asks for a change."""
    headers = {**person.headers, **({"If-Match": if_match} if if_match else {})}
    return await auth.http.patch("/api/v1/auth/me", json=fields, headers=headers)


async def verify(auth: RunningService, token: str, password: str = PASSWORD) -> httpx.Response:
    """Follows a link without a session."""
    return await auth.http.post("/api/v1/auth/verify-email", json={"token": token, "password": password})


async def verify_in_session(auth: RunningService, person: Person, token: str) -> httpx.Response:
    return await auth.http.post("/api/v1/auth/verify-email", json={"token": token}, headers=person.headers)


async def test_a_new_user_verifies_the_address_with_a_link_that_is_valid_once(
    auth: RunningService, organisation: str
) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)
    assert not (await get_profile(auth, casey))["email_verified"]
    [letter] = await issued_links(auth, "verify_email", casey.organisation_id)
    assert letter.recipient.email == casey.email

    assert (await verify_in_session(auth, casey, letter.token)).status_code == 204

    assert (await get_profile(auth, casey))["email_verified"]
    problem(await verify(auth, letter.token), 422, "invalid_token")
    events = await history(auth, casey.id, length=4)
    assert [event.action for event in events] == [
        "user.registered",
        "email_verification.requested",
        "secret_link.issued",
        "user.updated",
    ]
    updated = UserUpdated.model_validate(events[-1].data)
    assert updated.person.email_verified
    assert list(updated.changes) == ["email_verified"]


async def test_a_second_request_sends_a_new_link_and_invalidates_the_old_one(
    auth: RunningService, organisation: str
) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)

    again = await auth.http.post("/api/v1/auth/verify-email/request", headers=casey.headers)

    assert (again.status_code, again.content) == (202, b"")
    old, new = await issued_links(auth, "verify_email", casey.organisation_id, count=2)
    problem(await verify(auth, old.token), 422, "invalid_token")
    assert (await verify_in_session(auth, casey, new.token)).status_code == 204
    answer = await auth.http.post("/api/v1/auth/verify-email/request", headers=casey.headers)
    problem(answer, 409, "email_already_verified")


async def test_a_verification_link_expires_after_a_day(auth: RunningService, organisation: str) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)
    [letter] = await issued_links(auth, "verify_email", casey.organisation_id)
    user = await auth.db["users"].find_one({"_id": casey.id})
    assert user is not None
    lifetime = user["verification"]["expires_at"] - user["created_at"]
    assert abs(lifetime.total_seconds() - 24 * 3600) < 5
    await auth.db["users"].update_one({"_id": casey.id}, {"$set": {"verification.expires_at": user["created_at"]}})

    problem(await verify(auth, letter.token), 422, "invalid_token")


@pytest.mark.parametrize("token", ["", "nonsense", "01a1fc08-dea7-731b-b70b-5d84560f9de0.nonsense", "x" * 2000])
async def test_an_invalid_token_is_refused_with_its_field(auth: RunningService, token: str) -> None:
    body = problem(await verify(auth, token), 422, "invalid_token")

    assert [wrong["field"] for wrong in body["errors"]] == ["token"]


async def test_name_and_language_change_at_once_and_the_event_has_the_old_values(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    changed = await edit(auth, alex, name="Alexis Agent", locale="de")

    body = ok(changed)
    assert (body["name"], body["locale"], body["role"]) == ("Alexis Agent", "de", "agent")
    assert await get_profile(auth, alex) == body
    assert changed.headers["ETag"] == f'"{body["version"]}"'
    event = (await history(auth, alex.id, length=2))[-1]
    updated = UserUpdated.model_validate(event.data)
    assert {name: (change.before, change.after) for name, change in updated.changes.items()} == {
        "name": ("Alex Agent", "Alexis Agent"),
        "locale": ("en", "de"),
    }
    assert (updated.person.name, updated.person.locale) == ("Alexis Agent", "de")


async def test_an_unchanged_field_causes_no_event(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    before = await get_profile(auth, alex)

    assert ok(await edit(auth, alex, name="Alex Agent", locale="en")) == before
    ok(await edit(auth, alex, name="Alexis"))

    assert [event.action for event in await history(auth, alex.id, length=2)] == ["user.registered", "user.updated"]


async def test_a_change_of_an_outdated_version_is_refused(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    version = (await get_profile(auth, alex))["version"]
    ok(await edit(auth, alex, name="Alexis", if_match=f'"{version}"'))

    problem(await edit(auth, alex, name="Alexander", if_match=f'"{version}"'), 412, "precondition_failed")

    assert (await get_profile(auth, alex))["name"] == "Alexis"


@pytest.mark.parametrize("fields", [{"role": "admin"}, {"active": True}, {"email_verified": True}, {"locale": "fr"}])
async def test_other_fields_cannot_be_changed(auth: RunningService, organisation: str, fields: dict[str, Any]) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    problem(await edit(auth, alex, **fields), 422, "invalid")


async def test_a_new_address_takes_effect_once_the_link_sent_to_it_is_followed(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    asked = ok(await edit(auth, alex, email="Alex@Elsewhere.example"))

    assert (asked["email"], asked["pending_email"]) == (alex.email, "Alex@elsewhere.example")
    [letter] = await issued_links(auth, "verify_email", alex.organisation_id)
    assert letter.recipient.email == "Alex@elsewhere.example"
    ok(await auth.http.post("/api/v1/auth/login", json=credentials(alex.email, organisation)))
    assert (await verify_in_session(auth, alex, letter.token)).status_code == 204
    now = await get_profile(auth, alex)
    assert (now["email"], now["pending_email"], now["email_verified"]) == ("Alex@elsewhere.example", None, True)
    ok(await auth.http.post("/api/v1/auth/login", json=credentials("alex@elsewhere.example", organisation)))
    problem(
        await auth.http.post("/api/v1/auth/login", json=credentials(alex.email, organisation)), 401, "wrong_credentials"
    )


def credentials(email: str, organisation: str) -> dict[str, str]:
    return {"email": email, "password": PASSWORD, "organisation": organisation}


async def test_a_new_address_needs_a_recent_proof_of_identity(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await outdate_proof(auth, alex)

    problem(await edit(auth, alex, email="new@example.org", name="Changed"), 403, "reauthentication_required")

    profile = await get_profile(auth, alex)
    assert (profile["name"], profile["pending_email"]) == ("Alex Agent", None)
    ok(await edit(auth, alex, name="Alexis"))
    await reauthenticate(auth, alex)
    assert ok(await edit(auth, alex, email="new@example.org"))["pending_email"] == "new@example.org"


async def test_a_new_address_is_confirmed_by_its_owner_only(auth: RunningService, organisation: str) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    ok(await edit(auth, alex, email="new@example.org"))
    [letter] = await issued_links(auth, "verify_email", alex.organisation_id)
    token = letter.token

    problem(await auth.http.post("/api/v1/auth/verify-email", json={"token": token}), 409, "password_required")
    problem(await verify_in_session(auth, other, token), 409, "password_required")
    problem(await verify(auth, token, "a wrong password"), 422, "wrong_password")

    assert (await verify_in_session(auth, alex, token)).status_code == 204
    assert (await get_profile(auth, alex))["email"] == "new@example.org"


async def test_a_pending_change_can_be_cancelled_in_the_profile(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    ok(await edit(auth, alex, email="new@example.org"))
    [letter] = await issued_links(auth, "verify_email", alex.organisation_id)
    pending = "/api/v1/auth/me/pending-email"

    assert (await auth.http.delete(pending, headers=alex.headers)).status_code == 204

    assert (await get_profile(auth, alex))["pending_email"] is None
    problem(await verify_in_session(auth, alex, letter.token), 422, "invalid_token")
    problem(await auth.http.delete(pending, headers=alex.headers), 404, "not_found")


async def test_the_owner_of_the_present_address_cancels_a_change_and_ends_all_sessions(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    ok(await edit(auth, alex, email="thief@example.org"))
    [confirmation] = await issued_links(auth, "verify_email", alex.organisation_id)
    [warning] = await issued_links(auth, "email_change_requested", alex.organisation_id)
    body = {"token": warning.token}

    assert (await auth.http.post("/api/v1/auth/cancel-email-change", json=body)).status_code == 204

    answer = await auth.http.get("/api/v1/auth/me", headers=alex.headers)
    problem(answer, 401, "session_ended")
    problem(await verify(auth, confirmation.token), 422, "invalid_token")
    problem(await auth.http.post("/api/v1/auth/cancel-email-change", json=body), 422, "invalid_token")
    for token in (confirmation.token, "nonsense"):
        answer = await auth.http.post("/api/v1/auth/cancel-email-change", json={"token": token})
        problem(answer, 422, "invalid_token")


async def test_an_address_that_another_user_has_or_gets_meanwhile_is_refused(
    auth: RunningService, organisation: str
) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    taken = await edit(auth, alex, email=other.email.upper())
    problem(taken, 409, "email_taken")
    ok(await edit(auth, alex, email="robin.rival@example.org"))
    [letter] = await issued_links(auth, "verify_email", alex.organisation_id)
    await make_agent(auth, "Robin Rival", organisation)

    problem(await verify(auth, letter.token), 409, "email_taken")

    assert (await get_profile(auth, alex))["email"] == alex.email
    await log_in(auth, "robin.rival@example.org", organisation)


async def test_the_case_of_the_address_can_be_changed(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    asked = ok(await edit(auth, alex, email="Alex.Agent@example.org"))

    assert asked["pending_email"] == "Alex.Agent@example.org"
