"""Limits on logins stop those who guess, and let the owners of accounts in."""

from collections.abc import AsyncIterator
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from auth.hashing_queue import Overloaded
from auth.login.throttle import LoginThrottle
from auth.organisation.document import Organisation
from auth.user.document import User
from common.events.auth import LoginFailedRepeatedly
from common.outbox import EventLog, EventSelection
from common.rate_limits import RateLimiter
from tests.support.credentials import device_cookie, issued_links, logged_events, set_up, with_device
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.people import (
    PASSWORD,
    Person,
    another_organisation,
    make_admin,
    make_agent,
    make_operator,
    quick_hasher,
)
from tests.support.services import Installation, RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

_hosts = count(1)


def new_address() -> str:
    """An IPv4 address that no other test of this module uses."""
    number = next(_hosts)
    return f"203.{number // 65536}.{number // 256 % 256}.{number % 256}"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def auth(shared_installation: Installation) -> AsyncIterator[RunningService]:
    """Behind one proxy, so that each request names its client."""
    async with shared_installation.run("auth", trusted_proxies=1) as auth:
        yield auth


async def log_in(
    auth: RunningService, email: str, organisation: str, *, password: str = PASSWORD, ip: str = "", device: str = ""
) -> httpx.Response:
    body = {"email": email, "password": password, "organisation": organisation}
    headers = {"X-Forwarded-For": ip or new_address(), **with_device(device)}
    return await auth.http.post("/api/v1/auth/login", json=body, headers=headers)


async def fail_to_log_in(
    auth: RunningService, email: str, organisation: str, times: int, *, ip: str = "", device: str = ""
) -> None:
    for _ in range(times):
        answer = await log_in(auth, email, organisation, password="a wrong guess", ip=ip, device=device)
        problem(answer, 401, "wrong_credentials")


def refused(answer: httpx.Response, *, at_most: int) -> dict[str, Any]:
    found = problem(answer, 429, "too_many_failed_logins")
    assert 1 <= int(answer.headers["Retry-After"]) <= at_most
    return found


async def logged_types(auth: RunningService, organisation_id: UUID) -> list[str]:
    return [each.type async for each in EventLog(auth.db).read(EventSelection(organisation_id=organisation_id))]


async def test_guesses_from_elsewhere_do_not_lock_the_owner_out(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    await fail_to_log_in(auth, alex.email, organisation, 5, ip="198.51.100.9")

    ok(await log_in(auth, alex.email, organisation))


async def test_right_logins_are_not_counted(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    ip = new_address()

    for _ in range(12):
        ok(await log_in(auth, alex.email, organisation, ip=ip))


async def test_fifty_people_behind_one_address_log_in(auth: RunningService, organisation: str) -> None:
    found, password = await Organisation.by_slug(organisation), quick_hasher().hash(PASSWORD)
    people = [
        User.register(found.id, f"person{number}@example.org", f"Person {number}", "customer", password)
        for number in range(50)
    ]
    ip = new_address()

    for person in people:
        await person.commit()
        ok(await log_in(auth, person.email, organisation, ip=ip))


async def test_a_known_device_logs_in_whatever_strangers_do(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    home = new_address()
    device = device_cookie(await log_in(auth, alex.email, organisation, ip=home))
    await fail_to_log_in(auth, alex.email, organisation, 5, ip=home)
    for _ in range(15):
        await log_in(auth, alex.email, organisation, password="a wrong guess")
    for number in range(10):
        await log_in(auth, f"nobody{number}@example.org", organisation, ip=home)

    ok(await log_in(auth, alex.email, organisation, ip=home, device=device))


async def test_a_known_device_has_a_limit_of_its_own(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    device = device_cookie(await log_in(auth, alex.email, organisation))

    await fail_to_log_in(auth, alex.email, organisation, 10, device=device)

    refused(await log_in(auth, alex.email, organisation, device=device), at_most=600)
    ok(await log_in(auth, alex.email, organisation))


async def test_a_device_is_known_for_its_own_accounts_only(auth: RunningService, organisation: str) -> None:
    alex, mallory = [await make_agent(auth, name, organisation) for name in ("Alex Agent", "Mallory Agent")]
    ip = new_address()
    device = device_cookie(await log_in(auth, mallory.email, organisation, ip=ip))

    await fail_to_log_in(auth, alex.email, organisation, 5, ip=ip, device=device)

    refused(await log_in(auth, alex.email, organisation, ip=ip, device=device), at_most=600)
    refused(await log_in(auth, alex.email, organisation, ip=ip, device=f"{device[:-2]}xx"), at_most=600)
    both = device_cookie(await log_in(auth, alex.email, organisation, device=device))
    ok(await log_in(auth, alex.email, organisation, ip=ip, device=both))
    ok(await log_in(auth, mallory.email, organisation, ip=ip, device=both))


async def test_guesses_from_many_networks_wait_longer_and_longer(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await fail_to_log_in(auth, alex.email, organisation, 10)
    key = {"_id": f"login_delay:{alex.organisation_id}:{alex.email}"}

    waits = []
    for _ in range(9):
        problem(await log_in(auth, alex.email, organisation, password="a wrong guess"), 401, "wrong_credentials")
        answer = await log_in(auth, alex.email, organisation, password="a wrong guess")
        refused(answer, at_most=60)
        waits.append(int(answer.headers["Retry-After"]))
        [delay] = await auth.db["rate_limits"].find(key).to_list()
        await auth.db["rate_limits"].update_one(key, {"$set": {"next_at": delay["now"]}})

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (1, 60)
    ok(await log_in(auth, alex.email, organisation))
    await fail_to_log_in(auth, alex.email, organisation, 5)  # a right login ends the delay


async def test_a_login_that_is_refused_for_want_of_capacity_is_not_counted(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await fail_to_log_in(auth, alex.email, organisation, 10)
    throttle, found = LoginThrottle(RateLimiter(auth.db, enforced=True)), await Organisation.by_slug(organisation)

    for _ in range(2):
        with pytest.raises(Overloaded):
            async with throttle.attempt(found, alex.email, new_address(), device=None):
                raise Overloaded(2)

    delay = await auth.db["rate_limits"].find_one({"_id": f"login_delay:{alex.organisation_id}:{alex.email}"})
    assert delay is not None
    assert delay["count"] == 10
    await fail_to_log_in(auth, alex.email, organisation, 1)


async def test_a_login_after_an_unlock_gives_back_only_what_it_has_counted(
    auth: RunningService, organisation: str
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    ip = new_address()
    await fail_to_log_in(auth, alex.email, organisation, 1, ip=ip)
    prefix = f"^login_per_email:{alex.organisation_id}:{alex.email}:"
    counts: dict[str, Any] = {"_id": {"$regex": prefix}, "count": {"$gt": 0}}
    [counted] = await auth.db["rate_limits"].find(counts).to_list()
    await auth.http.post(f"/api/v1/users/{alex.id}/unlock", headers=ada.headers)
    await auth.db["rate_limits"].insert_one(counted)  # of a login that began before

    ok(await log_in(auth, alex.email, organisation, ip=ip))

    assert await auth.db["rate_limits"].find(counts).to_list() == [counted]


async def test_naming_many_organisations_does_not_multiply_the_guesses_of_an_address(auth: RunningService) -> None:
    ip = new_address()
    for _ in range(10):
        slug = await another_organisation()
        for number in range(10):
            await fail_to_log_in(auth, f"person{number}@example.org", slug, 1, ip=ip)

    refused(await log_in(auth, "casey@example.org", await another_organisation(), ip=ip), at_most=600)


async def test_a_refusal_says_how_long_it_lasts_and_what_to_do(auth: RunningService, organisation: str) -> None:
    ip = new_address()
    await fail_to_log_in(auth, "casey@example.org", organisation, 5, ip=ip)

    detail = refused(await log_in(auth, "casey@example.org", organisation, ip=ip), at_most=600)["detail"]

    assert "Try again in 10 min" in detail or "Try again in 9 min" in detail
    assert "new password" in detail
    assert "admin" in detail


async def test_an_admin_lets_in_somebody_who_is_locked_out(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    ip = new_address()
    await fail_to_log_in(auth, alex.email, organisation, 5, ip=ip)
    for number in range(10):
        await log_in(auth, f"nobody{number}@example.org", organisation, ip=ip)
    refused(await log_in(auth, alex.email, organisation, ip=ip), at_most=600)

    answer = await auth.http.post(f"/api/v1/users/{alex.id}/unlock", headers=ada.headers)

    assert answer.status_code == 204
    await fail_to_log_in(auth, alex.email, organisation, 1, ip=ip)
    ok(await log_in(auth, alex.email, organisation, ip=ip))
    assert "auth.user.unlocked" in await eventually(lambda: _with_unlocked(auth, ada))


async def test_an_admin_lets_in_somebody_whose_own_device_is_locked_out(
    auth: RunningService, organisation: str
) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)
    device = device_cookie(await log_in(auth, alex.email, organisation))
    await fail_to_log_in(auth, alex.email, organisation, 10, device=device)
    refused(await log_in(auth, alex.email, organisation, device=device), at_most=600)

    await auth.http.post(f"/api/v1/users/{alex.id}/unlock", headers=ada.headers)

    ok(await log_in(auth, alex.email, organisation, device=device))


async def test_admins_see_who_may_be_locked_out(auth: RunningService, organisation: str) -> None:
    ada, alex = await make_admin(auth, "Ada Admin", organisation), await make_agent(auth, "Alex Agent", organisation)

    async def failed_logins() -> dict[str, int]:
        people = ok(await auth.http.get("/api/v1/users", headers=ada.headers))["items"]
        return {each["name"]: each["failed_logins"] for each in people}

    device = device_cookie(await log_in(auth, alex.email, organisation))
    await fail_to_log_in(auth, alex.email, organisation, 3)
    await fail_to_log_in(auth, alex.email, organisation, 2, device=device)

    assert await failed_logins() == {"Ada Admin": 0, "Alex Agent": 5}
    path = f"/api/v1/users/{alex.id}"
    assert ok(await auth.http.get(path, headers=ada.headers))["failed_logins"] == 5

    await auth.http.post(f"{path}/unlock", headers=ada.headers)

    assert await failed_logins() == {"Ada Admin": 0, "Alex Agent": 0}


async def _with_unlocked(auth: RunningService, person: Person) -> list[str]:
    found = await logged_types(auth, person.organisation_id)
    assert "auth.user.unlocked" in found
    return found


async def change_password(auth: RunningService, person: Person) -> httpx.Response:
    body = {"current_password": PASSWORD, "new_password": "an entirely new one"}
    return await auth.http.post("/api/v1/auth/change-password", json=body, headers=person.headers)


async def reset_password(auth: RunningService, person: Person, organisation: str) -> None:
    body = {"email": person.email, "organisation": organisation}
    await auth.http.post("/api/v1/auth/forgot-password", json=body, headers={"X-Forwarded-For": new_address()})
    [link] = await issued_links(auth, "password_reset", person.organisation_id)
    reset = {"token": link.token, "password": "an entirely new one"}
    assert (await auth.http.post("/api/v1/auth/reset-password", json=reset)).status_code == 204


@pytest.mark.parametrize("change", ["password changed", "password reset", "second factor enabled"])
async def test_devices_of_the_time_before_new_credentials_are_those_of_strangers(
    auth: RunningService, organisation: str, change: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    devices = [device_cookie(await log_in(auth, alex.email, organisation)) for _ in range(2)]
    if change == "password changed":
        await change_password(auth, alex)
    elif change == "password reset":
        await reset_password(auth, alex, organisation)
        await auth.db["rate_limits"].delete_many({"_id": {"$regex": "^login_unlocked:"}})
    else:
        await set_up(auth, alex)
    ip = new_address()

    await fail_to_log_in(auth, alex.email, organisation, 3, ip=ip, device=devices[0])
    await fail_to_log_in(auth, alex.email, organisation, 2, ip=ip, device=devices[1])

    for device in devices:
        guess = await log_in(auth, alex.email, organisation, password="a wrong guess", ip=ip, device=device)
        refused(guess, at_most=600)


async def test_the_device_on_which_the_credentials_were_changed_stays_known(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)

    device = device_cookie(await change_password(auth, alex))

    await fail_to_log_in(auth, alex.email, organisation, 5, ip=(ip := new_address()))
    ok(await log_in(auth, alex.email, organisation, password="an entirely new one", ip=ip, device=device))


async def test_one_account_cannot_fill_the_queue_of_hashes_with_right_logins(
    auth: RunningService, organisation: str
) -> None:
    mallory = await make_agent(auth, "Mallory Agent", organisation)
    devices = [device_cookie(await log_in(auth, mallory.email, organisation)) for _ in range(4)]
    for number in range(55):
        ok(await log_in(auth, mallory.email, organisation, device=devices[number % 4]))

    for device in (*devices, ""):
        answer = await log_in(auth, mallory.email, organisation, device=device)
        problem(answer, 429, "too_many_logins")
        assert 1 <= int(answer.headers["Retry-After"]) <= 600

    ok(await log_in(auth, (await make_agent(auth, "Alex Agent", organisation)).email, organisation))


async def test_a_new_password_by_link_lets_its_owner_in(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    ip = new_address()
    await fail_to_log_in(auth, alex.email, organisation, 5, ip=ip)

    await reset_password(auth, alex, organisation)

    ok(await log_in(auth, alex.email, organisation, password="an entirely new one", ip=ip))


async def test_right_codes_are_not_counted_and_a_known_device_has_its_own_count(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)
    codes = iter(app.recovery_codes)

    async def second_step(code: str, device: str = "") -> httpx.Response:
        token = ok(await log_in(auth, alex.email, organisation, device=device))["mfa_token"]
        body = {"mfa_token": token, "code": code}
        return await auth.http.post("/api/v1/auth/login/mfa", json=body, headers=with_device(device))

    device = device_cookie(await second_step(next(codes)))
    for _ in range(10):
        answer = await second_step(app.wrong_code())
    refused(await second_step(next(codes)), at_most=3600)
    assert answer.status_code in (401, 429)

    ok(await second_step(next(codes), device))


async def test_the_owner_is_told_once_of_many_failed_logins(auth: RunningService, organisation: str) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    await fail_to_log_in(auth, alex.email, organisation, 9)
    assert "auth.login.failed_repeatedly" not in await logged_types(auth, alex.organisation_id)

    for _ in range(5):
        await log_in(auth, alex.email, organisation, password="a wrong guess")

    async def is_reported() -> None:
        assert (await logged_types(auth, alex.organisation_id)).count("auth.login.failed_repeatedly") == 1

    await eventually(is_reported)


async def test_reset_links_are_limited_by_client_address_too(auth: RunningService, organisation: str) -> None:
    headers = {"X-Forwarded-For": new_address()}
    path = "/api/v1/auth/forgot-password"
    bodies = [{"email": f"casey{number}@example.org", "organisation": organisation} for number in range(21)]

    answers = [await auth.http.post(path, json=body, headers=headers) for body in bodies]

    assert [answer.status_code for answer in answers] == [202] * 20 + [429]


@pytest.mark.parametrize("path", ["login", "forgot-password", "signup"])
async def test_the_name_of_an_organisation_is_bounded(auth: RunningService, path: str) -> None:
    body = {"email": "casey@example.org", "organisation": "x" * 100_000}
    if path != "forgot-password":
        body["password"] = PASSWORD

    problem(await auth.http.post(f"/api/v1/auth/{path}", json=body), 422, "invalid")


async def test_the_limits_where_operators_have_accounts_are_not_loosened(auth: RunningService) -> None:
    olga = await make_operator(auth)
    ada = await make_admin(auth, "Ada Admin")
    change = {"settings": {"rate_limits": {"login_per_email": 50}}}

    problem(await auth.http.patch("/api/v1/organisation", json=change, headers=ada.headers), 409, "operators_here")

    ip = new_address()
    await fail_to_log_in(auth, olga.email, "default", 5, ip=ip)
    refused(await log_in(auth, olga.email, "default", ip=ip), at_most=600)


@pytest.mark.parametrize("limit", ["login_per_ip", "login_per_email", "signup_per_ip", "forgot_password_per_email"])
async def test_an_organisation_loosens_a_limit_up_to_ten_times(
    auth: RunningService, organisation: str, limit: str
) -> None:
    ada = await make_admin(auth, "Ada Admin", organisation)
    own = ok(await auth.http.get("/api/v1/organisation", headers=ada.headers))
    most = 10 * own["settings"]["rate_limits"][limit]

    for calls, status in ((most, 200), (most + 1, 422)):
        change = {"settings": {"rate_limits": {limit: calls}}}
        answer = await auth.http.patch("/api/v1/organisation", json=change, headers=ada.headers)
        assert answer.status_code == status


async def test_a_required_second_factor_is_required_of_operators(auth: RunningService) -> None:
    olga = await make_operator(auth, "Oscar Operator")
    ada = await make_admin(auth, "Ada Lockwood")
    path = "/api/v1/organisation"
    ok(await auth.http.patch(path, json={"settings": {"require_mfa": True}}, headers=ada.headers))
    try:
        answers = [ok(await log_in(auth, email, "default")) for email in (olga.email, ada.email)]
    finally:
        await auth.db["organisations"].update_one({"slug": "default"}, {"$set": {"settings.require_mfa": False}})

    assert [answer["mfa_setup_required"] for answer in answers] == [True, True]


async def test_the_owner_is_told_once_that_somebody_knows_the_password_and_guesses_codes(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Alex Agent", organisation)
    app = await set_up(auth, alex)

    for _ in range(7):
        token = ok(await log_in(auth, alex.email, organisation))["mfa_token"]
        guess = {"mfa_token": token, "code": app.wrong_code()}
        problem(await auth.http.post("/api/v1/auth/login/mfa", json=guess), 401, "wrong_code")

    [told] = await logged_events(auth, LoginFailedRepeatedly, alex.organisation_id)
    assert told == LoginFailedRepeatedly(user_id=alex.id, failures=5, password_was_right=True)
