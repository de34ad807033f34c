"""Accounts whose address nobody has proved, and what happens at the first proof."""

import httpx
import pytest

from tests.support.credentials import issued_links, set_up
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, Person, make_admin, make_agent, sign_up
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

OWN = "the password of the true owner"


async def reset_password(auth: RunningService, person: Person, organisation: str) -> httpx.Response:
    """With the link that the owner of the address receives."""
    request = {"email": person.email, "organisation": organisation}
    await auth.http.post("/api/v1/auth/forgot-password", json=request)
    [link] = await issued_links(auth, "password_reset", person.organisation_id)
    body = {"token": link.token, "password": OWN}
    return await auth.http.post("/api/v1/auth/reset-password", json=body)


async def test_the_first_reset_ends_what_whoever_made_the_account_set_up(
    auth: RunningService, organisation: str
) -> None:
    squatter = await sign_up(auth, "Vera Victim", organisation)
    await set_up(auth, squatter)
    [own] = await issued_links(auth, "verify_email", squatter.organisation_id)

    assert (await reset_password(auth, squatter, organisation)).status_code == 204

    login = {"email": squatter.email, "password": OWN, "organisation": organisation}
    owner = Person.of(ok(await auth.http.post("/api/v1/auth/login", json=login)))
    profile = ok(await auth.http.get("/api/v1/auth/me", headers=owner.headers))
    assert (profile["email_verified"], profile["mfa_enabled"]) == (True, False)
    problem(await auth.http.get("/api/v1/auth/me", headers=squatter.headers), 401, "session_ended")
    body = {"token": own.token, "password": OWN}
    problem(await auth.http.post("/api/v1/auth/verify-email", json=body), 422, "invalid_token")


async def test_who_signs_up_with_the_address_of_a_contact_cannot_prove_another_one(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    contact = {"email": "vera.victim@example.org", "name": "Vera Victim"}
    ok(await auth.http.post("/api/v1/users/contacts", json=contact, headers=alex.headers), 201)
    thief = await sign_up(auth, "Vera Victim", organisation)

    change = await auth.http.patch("/api/v1/auth/me", json={"email": "thief@example.org"}, headers=thief.headers)

    assert "sign up again" in problem(change, 409, "email_not_verified")["detail"]
    taken = await auth.http.patch("/api/v1/auth/me", json={"email": alex.email}, headers=thief.headers)
    problem(taken, 409, "email_not_verified")  # not whether somebody has the address
    profile = ok(await auth.http.get("/api/v1/auth/me", headers=thief.headers))
    assert (profile["email"], profile["email_verified"]) == (thief.email, False)
    assert profile["pending_email"] is None
    sent = await issued_links(auth, "verify_email", thief.organisation_id)
    assert [each.recipient.email for each in sent] == [thief.email]


async def test_a_reset_of_a_verified_account_keeps_its_second_factor(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    await set_up(auth, ada)

    assert (await reset_password(auth, ada, organisation)).status_code == 204

    login = {"email": ada.email, "password": OWN, "organisation": organisation}
    assert ok(await auth.http.post("/api/v1/auth/login", json=login))["mfa_required"]


async def test_following_the_link_alone_does_not_verify_an_account_that_somebody_else_may_have_made(
    auth: RunningService, organisation: str
) -> None:
    squatter = await sign_up(auth, "Vera Victim", organisation)
    [link] = await issued_links(auth, "verify_email", squatter.organisation_id)

    body = {"token": link.token}
    problem(await auth.http.post("/api/v1/auth/verify-email", json=body), 409, "password_required")

    body["password"] = PASSWORD
    assert (await auth.http.post("/api/v1/auth/verify-email", json=body)).status_code == 204


async def test_verifying_in_the_own_session_ends_the_other_sessions(auth: RunningService, organisation: str) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)
    login = {"email": casey.email, "password": PASSWORD, "organisation": organisation}
    other = Person.of(ok(await auth.http.post("/api/v1/auth/login", json=login)))
    [link] = await issued_links(auth, "verify_email", casey.organisation_id)

    body = {"token": link.token}
    answer = await auth.http.post("/api/v1/auth/verify-email", json=body, headers=casey.headers)

    assert answer.status_code == 204
    assert ok(await auth.http.get("/api/v1/auth/me", headers=casey.headers))["email_verified"]
    problem(await auth.http.get("/api/v1/auth/me", headers=other.headers), 401, "session_ended")


async def test_a_role_above_customer_needs_a_verified_address(auth: RunningService, organisation: str) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    squatter = await sign_up(auth, "Vera Victim", organisation)

    for role in ("agent", "admin"):
        path, change = f"/api/v1/users/{squatter.id}", {"role": role}
        answer = await auth.http.patch(path, json=change, headers=ada.headers)
        assert "Invite" in problem(answer, 409, "email_not_verified")["detail"]


async def test_a_suspended_organisation_accepts_neither_a_reset_nor_a_verification(
    auth: RunningService, organisation: str
) -> None:
    casey = await sign_up(auth, "Casey Customer", organisation)
    [link] = await issued_links(auth, "verify_email", casey.organisation_id)
    request = {"email": casey.email, "organisation": organisation}
    await auth.http.post("/api/v1/auth/forgot-password", json=request)
    [reset] = await issued_links(auth, "password_reset", casey.organisation_id)
    # As between the suspension and the end of what depends on it.
    stored = auth.db["organisations"]
    await stored.update_one({"_id": casey.organisation_id}, [{"$set": {"suspended_at": "$created_at"}}])

    body = {"token": reset.token, "password": OWN}
    problem(await auth.http.post("/api/v1/auth/reset-password", json=body), 403, "organisation_suspended")
    body = {"token": link.token, "password": PASSWORD}
    problem(await auth.http.post("/api/v1/auth/verify-email", json=body), 403, "organisation_suspended")

    user = await auth.db["users"].find_one({"_id": casey.id})
    assert user is not None
    assert not user["email_verified"]
