"""The owner of a former address undoes a change that somebody else made and confirmed."""

from datetime import timedelta

import httpx
import pytest

from common import clock
from common.events.auth import EmailChangeCancelled
from tests.support.credentials import issued_links, logged_events, refresh_token, with_cookie
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, Person, make_admin, make_agent, make_person
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

THIEF = "thief@example.org"
NEW_PASSWORD = "an entirely new password"


async def change_address(auth: RunningService, person: Person, email: str, *, number: int = 1) -> str:
    """Requests and confirms the `number`th change of a person. Returns the token sent to the former address."""
    ok(await auth.http.patch("/api/v1/auth/me", json={"email": email}, headers=person.headers))
    links = await issued_links(auth, "verify_email", person.organisation_id, count=number)
    body = {"token": links[-1].token}
    answer = await auth.http.post("/api/v1/auth/verify-email", json=body, headers=person.headers)
    assert answer.status_code == 204, answer.text
    return (await issued_links(auth, "email_change_requested", person.organisation_id, count=number))[-1].token


async def cancel(auth: RunningService, token: str) -> httpx.Response:
    return await auth.http.post("/api/v1/auth/cancel-email-change", json={"token": token})


async def log_in(auth: RunningService, email: str, organisation: str, password: str = PASSWORD) -> httpx.Response:
    body = {"email": email, "password": password, "organisation": organisation}
    return await auth.http.post("/api/v1/auth/login", json=body)


async def reset_password(auth: RunningService, email: str, person: Person, organisation: str, *, number: int) -> None:
    body = {"email": email, "organisation": organisation}
    await auth.http.post("/api/v1/auth/forgot-password", json=body)
    links = await issued_links(auth, "password_reset", person.organisation_id, count=number)
    reset = {"token": links[-1].token, "password": NEW_PASSWORD}
    assert (await auth.http.post("/api/v1/auth/reset-password", json=reset)).status_code == 204


async def test_a_confirmed_change_is_undone_and_whoever_made_it_is_out(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    warning = await change_address(auth, alex, THIEF)
    thief = refresh_token(await log_in(auth, THIEF, organisation))

    assert (await cancel(auth, warning)).status_code == 204

    problem(await auth.http.get("/api/v1/auth/me", headers=alex.headers), 401, "session_ended")
    problem(await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(thief)), 401, "session_ended")
    for email in (THIEF, alex.email):
        problem(await log_in(auth, email, organisation), 401, "wrong_credentials")
    problem(await cancel(auth, warning), 422, "invalid_token")
    await reset_password(auth, alex.email, alex, organisation, number=1)
    user = ok(await log_in(auth, alex.email, organisation, NEW_PASSWORD))["user"]
    assert (user["id"], user["email"]) == (str(alex.id), alex.email)


async def test_a_new_password_does_not_keep_the_owner_of_the_former_address_out(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    warning = await change_address(auth, alex, THIEF)
    await reset_password(auth, THIEF, alex, organisation, number=1)

    assert (await cancel(auth, warning)).status_code == 204

    problem(await log_in(auth, alex.email, organisation, NEW_PASSWORD), 401, "wrong_credentials")
    await reset_password(auth, alex.email, alex, organisation, number=2)
    ok(await log_in(auth, alex.email, organisation, NEW_PASSWORD))


async def test_a_reset_asked_for_over_the_new_address_ends_with_the_restoration(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    warning = await change_address(auth, alex, THIEF)
    await auth.http.post("/api/v1/auth/forgot-password", json={"email": THIEF, "organisation": organisation})
    [reset] = await issued_links(auth, "password_reset", alex.organisation_id)

    assert (await cancel(auth, warning)).status_code == 204

    body = {"token": reset.token, "password": NEW_PASSWORD}
    problem(await auth.http.post("/api/v1/auth/reset-password", json=body), 422, "invalid_token")


async def test_a_further_change_does_not_take_the_link_away_and_ends_with_it(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    first = await change_address(auth, alex, THIEF)
    second = await change_address(auth, alex, "other.thief@example.org", number=2)

    assert (await cancel(auth, first)).status_code == 204

    problem(await cancel(auth, second), 422, "invalid_token")
    await reset_password(auth, alex.email, alex, organisation, number=1)
    assert ok(await log_in(auth, alex.email, organisation, NEW_PASSWORD))["user"]["email"] == alex.email


async def test_nobody_else_gets_the_former_address_while_it_can_be_restored(
    auth: RunningService, organisation: str
) -> None:
    alex, other = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Other Agent")]
    ada = await make_admin(auth, "Ada Admin", organisation)
    warning = await change_address(auth, alex, THIEF)
    signup = {"email": alex.email.upper(), "password": PASSWORD, "organisation": organisation}
    new = {"email": alex.email, "name": "Nina New"}

    answers = [
        await auth.http.post("/api/v1/auth/signup", json=signup),
        await auth.http.patch("/api/v1/auth/me", json={"email": alex.email}, headers=other.headers),
        await auth.http.post("/api/v1/users/invitations", json=new, headers=ada.headers),
        await auth.http.post("/api/v1/users/contacts", json=new, headers=other.headers),
    ]

    assert [each.status_code for each in answers] == [409] * 4
    for answer in answers:
        assert "three days" in problem(answer, 409, "email_reserved")["detail"]

    assert (await cancel(auth, warning)).status_code == 204


async def test_an_earlier_invitation_of_the_former_address_is_not_accepted(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_person(auth, "customer", "Alex Able", organisation)
    ada = await make_admin(auth, "Ada Admin", organisation)
    invited = {"email": alex.email, "name": "Alex Able", "role": "agent"}
    ok(await auth.http.post("/api/v1/users/invitations", json=invited, headers=ada.headers), 201)
    [invitation] = await issued_links(auth, "invitation", alex.organisation_id)
    await change_address(auth, alex, THIEF)

    body = {"token": invitation.token, "password": PASSWORD}
    problem(await auth.http.post("/api/v1/auth/accept-invitation", json=body), 409, "email_reserved")


async def test_the_link_is_valid_for_three_days_and_then_the_address_is_free(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    warning = await change_address(auth, alex, THIEF)
    [link] = await issued_links(auth, "email_change_requested", alex.organisation_id)
    assert timedelta(days=2, hours=23) < link.expires_at - clock.now() < timedelta(days=3)
    expired = {"former_emails.0.cancellation.expires_at": clock.now()}
    await auth.db["users"].update_one({"_id": alex.id}, {"$set": expired})

    problem(await cancel(auth, warning), 422, "invalid_token")

    signup = {"email": alex.email, "password": PASSWORD, "organisation": organisation}
    ok(await auth.http.post("/api/v1/auth/signup", json=signup), 201)


async def test_a_thief_cannot_push_the_first_address_out_by_many_changes(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    first, *_ = [await change_address(auth, alex, f"thief{n}@example.org", number=n) for n in range(1, 6)]

    answer = await auth.http.patch("/api/v1/auth/me", json={"email": THIEF}, headers=alex.headers)

    problem(answer, 409, "email_changed_too_often")
    assert (await cancel(auth, first)).status_code == 204


async def test_asking_for_the_confirmation_again_does_not_end_the_link_that_cancels(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    ok(await auth.http.patch("/api/v1/auth/me", json={"email": THIEF}, headers=alex.headers))
    [warning] = await issued_links(auth, "email_change_requested", alex.organisation_id)

    await auth.http.post("/api/v1/auth/verify-email/request", headers=alex.headers)

    confirmations = await issued_links(auth, "verify_email", alex.organisation_id, count=2)
    assert [each.recipient.email for each in confirmations] == [THIEF, THIEF]
    assert (await cancel(auth, warning.token)).status_code == 204


async def test_the_link_cancels_a_change_whose_confirmation_has_expired(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    ok(await auth.http.patch("/api/v1/auth/me", json={"email": THIEF}, headers=alex.headers))
    [warning] = await issued_links(auth, "email_change_requested", alex.organisation_id)
    expired = {"email_change.confirmation.expires_at": clock.now()}
    await auth.db["users"].update_one({"_id": alex.id}, {"$set": expired})

    answer = await cancel(auth, warning.token)

    assert answer.status_code == 204, answer.text
    problem(await auth.http.get("/api/v1/auth/me", headers=alex.headers), 401, "session_ended")
    [cancelled] = await logged_events(auth, EmailChangeCancelled, alex.organisation_id)
    assert (cancelled.email, cancelled.method) == (THIEF, "link")
