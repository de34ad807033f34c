"""Two-factor authentication: setup, login with TOTP and recovery codes, disabling."""

import asyncio

import httpx
import pytest

from common.events.auth import LoginFailed, SessionRevoked
from tests.support.credentials import (
    begin,
    confirm,
    first_step,
    logged_events,
    outdate_proof,
    reauthenticate,
    refresh_cookie,
    refresh_token,
    second_step,
    set_up,
    with_cookie,
)
from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, Person, log_in, make_admin, make_agent, make_outsider
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def get_me(auth: RunningService, person: Person) -> httpx.Response:
    return await auth.http.get("/api/v1/auth/me", headers=person.headers)


async def request_in_session(auth: RunningService, method: str, path: str, person: Person) -> httpx.Response:
    return await auth.http.request(method, f"/api/v1/auth/{path}", headers=person.headers)


async def test_with_a_second_factor_a_login_takes_two_steps(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    assert ok(await get_me(auth, alex))["mfa_enabled"] is True

    token = await first_step(auth, alex, organisation)
    answer = await second_step(auth, token, app.code())

    assert ok(answer)["user"]["id"] == str(alex.id)
    assert refresh_cookie(answer) is not None
    ok(await get_me(auth, Person.of(answer.json())))
    problem(await second_step(auth, token, app.code()), 401, "invalid_mfa_token")


async def test_a_repeated_sign_up_does_not_bypass_it(auth: RunningService, organisation: str) -> None:
    body = {"email": "casey@example.org", "password": PASSWORD, "organisation": organisation}
    key = {"Idempotency-Key": organisation}
    casey = Person.of(ok(await auth.http.post("/api/v1/auth/signup", json=body, headers=key), 201))
    await set_up(auth, casey)

    repeated = await auth.http.post("/api/v1/auth/signup", json=body, headers=key)

    problem(repeated, 401, "wrong_credentials")
    assert refresh_cookie(repeated) is None


async def test_nothing_changes_before_the_setup_is_confirmed(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await begin(auth, alex)

    body = problem(await confirm(auth, alex, app.wrong_code()), 422, "wrong_code")

    assert [wrong["field"] for wrong in body["errors"]] == ["code"]
    assert ok(await get_me(auth, alex))["mfa_enabled"] is False
    await log_in(auth, alex.email, organisation)


async def test_after_a_second_start_only_the_newest_key_is_valid(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    old, new = await begin(auth, alex), await begin(auth, alex)
    assert old.key != new.key

    problem(await confirm(auth, alex, old.code()), 422, "wrong_code")
    ok(await confirm(auth, alex, new.code()))


async def test_an_enabled_factor_cannot_be_set_up_again_and_confirming_needs_a_started_setup(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    problem(await confirm(auth, alex, "000000"), 409, "mfa_setup_not_started")
    app = await set_up(auth, alex)

    problem(await auth.http.post("/api/v1/auth/mfa/totp", headers=alex.headers), 409, "mfa_already_enabled")
    problem(await confirm(auth, alex, app.code()), 409, "mfa_setup_not_started")


async def test_enabling_it_revokes_the_other_sessions(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    other = await log_in(auth, alex.email, organisation)

    await set_up(auth, alex)

    ok(await get_me(auth, alex))
    problem(await get_me(auth, other), 401, "session_ended")
    [revoked] = await logged_events(auth, SessionRevoked, alex.organisation_id)
    assert revoked.reason == "mfa_changed"


async def test_a_code_is_valid_once_even_in_another_login(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    one, other = [await first_step(auth, alex, organisation) for _ in range(2)]
    code = app.code()
    ok(await second_step(auth, one, code))

    problem(await second_step(auth, other, code), 401, "wrong_code")

    ok(await second_step(auth, other, app.recovery_codes[0]))


async def test_the_code_that_confirmed_the_setup_does_not_log_in(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await begin(auth, alex)
    code = app.code()
    ok(await confirm(auth, alex, code))

    problem(await second_step(auth, await first_step(auth, alex, organisation), code), 401, "wrong_code")


async def test_of_concurrent_logins_with_the_same_code_one_succeeds(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    tokens = [await first_step(auth, alex, organisation) for _ in range(4)]
    code = app.code()

    answers = await asyncio.gather(*(second_step(auth, token, code) for token in tokens))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]


async def test_a_recovery_code_is_valid_once_in_any_spelling(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    assert len(set(app.recovery_codes)) == 10
    code = app.recovery_codes[3]

    ok(await second_step(auth, await first_step(auth, alex, organisation), f" {code.upper().replace('-', ' ')}"))

    problem(await second_step(auth, await first_step(auth, alex, organisation), code), 401, "wrong_code")
    ok(await second_step(auth, await first_step(auth, alex, organisation), app.recovery_codes[4]))


async def test_a_login_is_over_after_five_wrong_codes(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    token = await first_step(auth, alex, organisation)
    for _ in range(5):
        problem(await second_step(auth, token, app.wrong_code()), 401, "wrong_code")

    problem(await second_step(auth, token, app.code()), 401, "invalid_mfa_token")

    failed = await logged_events(auth, LoginFailed, alex.organisation_id, count=5)
    assert {(each.user_id, each.reason) for each in failed} == {(alex.id, "wrong_code")}


async def test_a_challenge_is_valid_for_five_minutes_and_until_the_password_changes(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    late, outdated = [await first_step(auth, alex, organisation) for _ in range(2)]
    challenges = auth.db["mfa_challenges"]
    [first, _] = await challenges.find({"user_id": alex.id}).sort("_id").to_list()
    assert (first["expires_at"] - first["created_at"]).total_seconds() == 300
    await challenges.update_one({"_id": first["_id"]}, {"$set": {"expires_at": first["created_at"]}})
    body = {"current_password": PASSWORD, "new_password": "an entirely new password"}
    await auth.http.post("/api/v1/auth/change-password", json=body, headers=alex.headers)

    for token in (late, outdated):
        problem(await second_step(auth, token, app.code()), 401, "invalid_mfa_token")


async def test_an_mfa_token_and_an_access_token_do_not_replace_each_other(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    token = await first_step(auth, alex, organisation)

    answer = await auth.http.get("/api/v1/auth/me", headers={"Authorization": f"Bearer {token}"})

    problem(answer, 401, "unauthenticated")
    problem(await second_step(auth, alex.access_token, app.code()), 401, "invalid_mfa_token")
    problem(await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(token)), 401, "no_session")


async def test_changing_it_needs_a_recent_proof_of_password_and_code(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await outdate_proof(auth, alex)
    problem(await request_in_session(auth, "POST", "mfa/totp", alex), 403, "reauthentication_required")
    await reauthenticate(auth, alex)
    app = await begin(auth, alex)
    await outdate_proof(auth, alex)
    problem(await confirm(auth, alex, app.code()), 403, "reauthentication_required")
    await reauthenticate(auth, alex)
    app.recovery_codes = ok(await confirm(auth, alex, app.code()))["recovery_codes"]
    await outdate_proof(auth, alex)
    for method, path in (("DELETE", "mfa/totp"), ("POST", "mfa/recovery-codes")):
        problem(await request_in_session(auth, method, path, alex), 403, "reauthentication_required")
    path = "/api/v1/auth/reauthenticate"
    for proof, code in (
        ({"password": "a wrong password", "code": app.recovery_codes[0]}, "wrong_password"),
        ({"password": PASSWORD, "code": app.wrong_code()}, "wrong_code"),
        ({"password": PASSWORD}, "invalid"),
    ):
        problem(await auth.http.post(path, json=proof, headers=alex.headers), 422, code)
    problem(await request_in_session(auth, "DELETE", "mfa/totp", alex), 403, "reauthentication_required")

    await reauthenticate(auth, alex, code=app.recovery_codes[0])

    assert (await request_in_session(auth, "DELETE", "mfa/totp", alex)).status_code == 204
    await log_in(auth, alex.email, organisation)
    problem(await request_in_session(auth, "DELETE", "mfa/totp", alex), 409, "mfa_not_enabled")


async def test_with_a_second_factor_a_new_password_needs_a_code_as_well(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await set_up(auth, alex)
    await outdate_proof(auth, alex)
    body = {"current_password": PASSWORD, "new_password": "an entirely new password"}

    answer = await auth.http.post("/api/v1/auth/change-password", json=body, headers=alex.headers)

    assert "and a code" in problem(answer, 403, "reauthentication_required")["detail"]


async def test_of_concurrent_codes_for_one_challenge_one_logs_in(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    token = await first_step(auth, alex, organisation)

    answers = await asyncio.gather(*(second_step(auth, token, code) for code in app.recovery_codes[:4]))

    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    ok(await second_step(auth, await first_step(auth, alex, organisation), app.recovery_codes[4]))


async def test_new_recovery_codes_replace_the_old_ones(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)

    renewed = ok(await request_in_session(auth, "POST", "mfa/recovery-codes", alex))["recovery_codes"]

    assert not set(renewed) & set(app.recovery_codes)
    token = await first_step(auth, alex, organisation)
    problem(await second_step(auth, token, app.recovery_codes[0]), 401, "wrong_code")
    ok(await second_step(auth, token, renewed[0]))


async def test_an_admin_disables_it_for_a_user_who_lost_it(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    ada = await make_admin(auth, "Ada Admin", organisation)
    await set_up(auth, alex)
    path = f"/api/v1/users/{alex.id}/mfa"
    problem(await auth.http.delete(path, headers=(await make_outsider(auth)).headers), 404, "not_found")
    problem(await auth.http.delete(path, headers=alex.headers), 403, "forbidden")
    own = f"/api/v1/users/{ada.id}/mfa"
    problem(await auth.http.delete(own, headers=ada.headers), 403, "own_account")

    assert (await auth.http.delete(path, headers=ada.headers)).status_code == 204

    problem(await get_me(auth, alex), 401, "session_ended")
    await log_in(auth, alex.email, organisation)


async def require_mfa(auth: RunningService, admin: Person) -> None:
    change = {"settings": {"require_mfa": True}}
    ok(await auth.http.patch("/api/v1/organisation", json=change, headers=admin.headers))


async def test_where_it_is_required_staff_without_it_can_only_set_it_up(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    await require_mfa(auth, ada)
    body = {"email": ada.email, "password": PASSWORD, "organisation": organisation}
    answer = await auth.http.post("/api/v1/auth/login", json=body)
    assert ok(answer)["mfa_setup_required"] is True
    limited = Person.of(answer.json())
    for method, path in [
        ("GET", "/users"),
        ("GET", "/organisation"),
        ("GET", "/auth/sessions"),
        ("DELETE", "/auth/sessions"),
        ("PATCH", "/auth/me"),
    ]:
        refused = await auth.http.request(method, f"/api/v1{path}", headers=limited.headers)
        problem(refused, 403, "mfa_setup_required")
    ok(await get_me(auth, limited))

    app = await set_up(auth, limited)

    problem(await auth.http.get("/api/v1/users", headers=limited.headers), 403, "mfa_setup_required")
    refreshed = await auth.http.post("/api/v1/auth/refresh", headers=with_cookie(refresh_token(answer)))
    assert ok(refreshed)["mfa_setup_required"] is False
    ok(await auth.http.get("/api/v1/users", headers=Person.of(refreshed.json()).headers))
    again = await second_step(auth, await first_step(auth, ada, organisation), app.code())
    assert ok(again)["mfa_setup_required"] is False


async def test_where_it_is_required_customers_need_none_and_staff_cannot_disable_it(
    auth: RunningService, organisation: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    await set_up(auth, ada)
    await require_mfa(auth, ada)
    sign_up = {"email": "casey@example.org", "password": PASSWORD, "organisation": organisation}

    assert ok(await auth.http.post("/api/v1/auth/signup", json=sign_up), 201)["mfa_setup_required"] is False
    problem(await request_in_session(auth, "DELETE", "mfa/totp", ada), 409, "mfa_required")
