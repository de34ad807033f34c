"""Pending changes, links, invitations, challenges and sessions end with the authority that they depend on."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import cast

import httpx
import pytest

from auth.domain.authority import ENDINGS, AccountChange, Ending, Pending
from common.mongo import require_document
from tests.support.credentials import (
    App,
    begin,
    confirm,
    first_step,
    issued_links,
    second_step,
    set_up,
)
from tests.support.desk import ok
from tests.support.people import PASSWORD, Person, make_admin, make_operator, make_person
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

NEW_PASSWORD = "an entirely new password"


@dataclass
class Account:
    """An account, and what its owner knows."""

    auth: RunningService
    organisation: str
    person: Person
    password: str = PASSWORD
    app: App | None = None
    links: Counter[str] = field(default_factory=Counter)
    """How many were asked for."""
    new_email: str = ""
    """The address that was last asked for."""
    cancellation: str = ""
    """The token that undoes a confirmed change of the address."""

    async def request(self, method: str, path: str, body: object = None, by: Person | None = None) -> httpx.Response:
        return await self.auth.http.request(method, f"/api/v1{path}", json=body, headers=(by or self.person).headers)

    async def post(self, path: str, body: object) -> httpx.Response:
        """Without a session."""
        return await self.auth.http.post(f"/api/v1{path}", json=body)

    async def log_in(self) -> Person:
        body = {"email": self.person.email, "password": self.password, "organisation": self.organisation}
        answer = ok(await self.post("/auth/login", body))
        if "mfa_token" in answer:
            assert self.app is not None
            answer = ok(await second_step(self.auth, answer["mfa_token"], self.app.recovery_codes.pop()))
        return Person.of(answer)

    async def link(self, purpose: str) -> str:
        """The token of the link that was just asked for."""
        self.links[purpose] += 1
        sent = await issued_links(self.auth, purpose, self.person.organisation_id, count=self.links[purpose])
        return sent[self.links[purpose] - 1].token


Succeeds = Callable[[], Awaitable[httpx.Response]]


async def ask_for_change(account: Account) -> str:
    """The token of the link that confirms it."""
    account.links["email_change_requested"] += 1
    account.new_email = f"new{account.links['email_change_requested']}@example.org"
    ok(await account.request("PATCH", "/auth/me", {"email": account.new_email}))
    return await account.link("verify_email")


async def email_change(account: Account) -> Succeeds:
    link = await ask_for_change(account)
    return lambda: account.post("/auth/verify-email", {"token": link, "password": account.password})


async def reset_link(account: Account) -> Succeeds:
    await account.post("/auth/forgot-password", {"email": account.person.email, "organisation": account.organisation})
    body = {"token": await account.link("password_reset"), "password": "the password of the link"}
    return lambda: account.post("/auth/reset-password", body)


async def verification_link(account: Account) -> Succeeds:
    await account.request("POST", "/auth/verify-email/request")
    link = await account.link("verify_email")
    return lambda: account.post("/auth/verify-email", {"token": link, "password": account.password})


async def sent_invitations(account: Account) -> Succeeds:
    new = {"email": "nina@example.org", "name": "Nina New", "role": "admin"}
    ok(await account.request("POST", "/users/invitations", new), 201)
    link = await account.link("invitation")
    return lambda: account.post("/auth/accept-invitation", {"token": link, "password": PASSWORD})


async def mfa_challenges(account: Account) -> Succeeds:
    assert account.app is not None
    token = await first_step(account.auth, account.person, account.organisation)
    return partial(second_step, account.auth, token, account.app.recovery_codes.pop())


async def mfa_setup(account: Account) -> Succeeds:
    app = await begin(account.auth, account.person)

    async def complete() -> httpx.Response:
        return await confirm(account.auth, await account.log_in(), app.code())

    return complete


async def other_sessions(account: Account) -> Succeeds:
    other = await account.log_in()
    return lambda: account.request("GET", "/auth/me", by=other)


PENDING: dict[Pending | None, Callable[[Account], Awaitable[Succeeds]]] = {
    Pending.EMAIL_CHANGE: email_change,
    Pending.RESET_LINK: reset_link,
    Pending.VERIFICATION_LINK: verification_link,
    Pending.INVITATIONS: sent_invitations,
    Pending.LOGINS: mfa_challenges,
    Pending.MFA_SETUP: mfa_setup,
    None: other_sessions,
}
"""How each of them is begun. None stands for another session."""


async def password_changed(account: Account) -> None:
    body = {"current_password": account.password, "new_password": NEW_PASSWORD}
    assert (await account.request("POST", "/auth/change-password", body)).status_code == 204
    account.password = NEW_PASSWORD


async def password_reset(account: Account) -> None:
    await account.post("/auth/forgot-password", {"email": account.person.email, "organisation": account.organisation})
    body = {"token": await account.link("password_reset"), "password": NEW_PASSWORD}
    assert (await account.post("/auth/reset-password", body)).status_code == 204
    account.password = NEW_PASSWORD


async def role_changed(account: Account) -> None:
    other = await make_admin(account.auth, "Other Admin", account.organisation)
    ok(await account.request("PATCH", f"/users/{account.person.id}", {"role": "agent"}, by=other))


async def deactivated(account: Account) -> None:
    """And reactivated."""
    other = await make_admin(account.auth, "Other Admin", account.organisation)
    for active in (False, True):
        ok(await account.request("PATCH", f"/users/{account.person.id}", {"active": active}, by=other))


async def organisation_suspended(account: Account) -> None:
    """And reinstated."""
    operator = await make_operator(account.auth, f"Operator of {account.organisation}")
    for suspended in (True, False):
        path = f"/organisations/{account.person.organisation_id}"
        ok(await account.request("PATCH", path, {"suspended": suspended}, by=operator))


async def mfa_enabled(account: Account) -> None:
    account.app = await set_up(account.auth, account.person)


async def mfa_disabled(account: Account) -> None:
    assert account.app is not None
    assert (await account.request("DELETE", "/auth/mfa/totp")).status_code == 204


async def mfa_removed(account: Account) -> None:
    other = await make_admin(account.auth, "Other Admin", account.organisation)
    answer = await account.request("DELETE", f"/users/{account.person.id}/mfa", by=other)
    assert answer.status_code == 204


async def recovery_codes_renewed(account: Account) -> None:
    assert account.app is not None
    account.app.recovery_codes = ok(await account.request("POST", "/auth/mfa/recovery-codes"))["recovery_codes"]


async def email_changed(account: Account) -> None:
    body = {"token": await ask_for_change(account)}
    assert (await account.request("POST", "/auth/verify-email", body)).status_code == 204
    account.person = replace(account.person, email=account.new_email)


async def email_change_cancelled(account: Account) -> None:
    await ask_for_change(account)
    assert (await account.request("DELETE", "/auth/me/pending-email")).status_code == 204


async def email_change_denied(account: Account) -> None:
    await ask_for_change(account)
    account.links["email_change_requested"] -= 1
    body = {"token": await account.link("email_change_requested")}
    assert (await account.post("/auth/cancel-email-change", body)).status_code == 204


async def prepare_restoration(account: Account) -> None:
    """Confirms a change of the address, which ends what is pending itself."""
    await email_changed(account)
    account.links["email_change_requested"] -= 1
    account.cancellation = await account.link("email_change_requested")


async def email_restored(account: Account) -> None:
    """With the same password as before: a new one would end everything itself."""
    users, own = account.auth.db["users"], {"_id": account.person.id}
    before = require_document(await users.find_one(own))
    answer = await account.post("/auth/cancel-email-change", {"token": account.cancellation})
    assert answer.status_code == 204
    await users.update_one(own, {"$set": {"password_hash": before["password_hash"]}})
    account.person = replace(account.person, email=before["former_emails"][0]["email"])


async def email_verified(account: Account) -> None:
    await account.request("POST", "/auth/verify-email/request")
    body = {"token": await account.link("verify_email")}
    assert (await account.request("POST", "/auth/verify-email", body)).status_code == 204


CHANGES = {
    AccountChange.EMAIL_VERIFIED: email_verified,
    AccountChange.PASSWORD_CHANGED: password_changed,
    AccountChange.PASSWORD_RESET: password_reset,
    AccountChange.EMAIL_CHANGED: email_changed,
    AccountChange.EMAIL_CHANGE_CANCELLED: email_change_cancelled,
    AccountChange.EMAIL_CHANGE_DENIED: email_change_denied,
    AccountChange.EMAIL_RESTORED: email_restored,
    AccountChange.ROLE_CHANGED: role_changed,
    AccountChange.MFA_ENABLED: mfa_enabled,
    AccountChange.MFA_DISABLED: mfa_disabled,
    AccountChange.MFA_REMOVED: mfa_removed,
    AccountChange.RECOVERY_CODES_RENEWED: recovery_codes_renewed,
    AccountChange.TAKEN_OVER: password_reset,
    AccountChange.DEACTIVATED: deactivated,
    AccountChange.ORGANISATION_SUSPENDED: organisation_suspended,
}

OF_THE_UNVERIFIED = {AccountChange.EMAIL_VERIFIED, AccountChange.TAKEN_OVER}
CHANGES_OF_THE_ADDRESS = {
    AccountChange.EMAIL_CHANGED,
    AccountChange.EMAIL_CHANGE_CANCELLED,
    AccountChange.EMAIL_CHANGE_DENIED,
    AccountChange.EMAIL_RESTORED,
}
WITH_MFA = {AccountChange.MFA_DISABLED, AccountChange.MFA_REMOVED, AccountChange.RECOVERY_CODES_RENEWED}
IMPOSSIBLE = {
    *((change, Pending.MFA_SETUP) for change in WITH_MFA),  # no setup while a factor is enabled
    (AccountChange.MFA_ENABLED, Pending.LOGINS),  # no code is asked for before
    *((change, Pending.INVITATIONS) for change in OF_THE_UNVERIFIED),  # customers send none
    # Only a verified address can be changed.
    *((change, Pending.EMAIL_CHANGE) for change in OF_THE_UNVERIFIED),
    *((change, Pending.VERIFICATION_LINK) for change in CHANGES_OF_THE_ADDRESS),
    # An unverified account is a customer's, whom these change only after the verification.
    (AccountChange.PASSWORD_RESET, Pending.VERIFICATION_LINK),
    (AccountChange.ROLE_CHANGED, Pending.VERIFICATION_LINK),
}
CASES = [
    pytest.param(change, pending, id=f"{change.name}-{pending.name if pending else 'SESSION'}")
    for change in CHANGES
    for pending in PENDING
    if (change, pending) not in IMPOSSIBLE
]


@pytest.mark.parametrize(("change", "pending"), CASES)
async def test_what_is_pending_ends_with_its_authority(
    auth: RunningService, organisation: str, change: AccountChange, pending: Pending | None
) -> None:
    verified = pending != Pending.VERIFICATION_LINK and change not in OF_THE_UNVERIFIED
    person = await make_person(
        auth, "admin" if verified else "customer", "Alex Able", organisation, email_verified=verified
    )
    account = Account(auth, organisation, person)
    if pending == Pending.LOGINS or change in WITH_MFA:
        account.app = await set_up(auth, person)
    if change == AccountChange.EMAIL_RESTORED:
        await prepare_restoration(account)
    complete = await PENDING[pending](account)

    await CHANGES[change](account)

    answer = await complete()
    if (ENDINGS[change].sessions != "none") if pending is None else (pending in ENDINGS[change].pending):
        assert answer.status_code in (401, 409, 422), answer.text
        assert answer.json()["code"] in {"session_ended", "invalid_mfa_token", "invalid_token", "mfa_setup_not_started"}
    else:  # with a new role only the access token is outdated
        assert answer.is_success or answer.json()["code"] == "token_outdated", answer.text


async def test_a_suspension_ends_what_the_table_says(
    auth: RunningService, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_reset_links = Ending(frozenset({Pending.RESET_LINK}), "all")
    monkeypatch.setitem(
        cast("dict[AccountChange, Ending]", ENDINGS), AccountChange.ORGANISATION_SUSPENDED, only_reset_links
    )
    account = Account(auth, organisation, await make_admin(auth, "Alex Able", organisation))
    change, reset, invitation = [await begin_it(account) for begin_it in (email_change, reset_link, sent_invitations)]

    await organisation_suspended(account)

    assert [(await complete()).status_code for complete in (change, invitation, reset)] == [204, 201, 422]


async def test_every_change_and_everything_pending_is_tried() -> None:
    assert set(CHANGES) == set(ENDINGS) == set(AccountChange)
    assert set(PENDING) == {*Pending, None}


@pytest.mark.parametrize("change", [change for change in CHANGES if ENDINGS[change].sessions == "others"])
async def test_the_session_that_makes_the_change_continues(
    auth: RunningService, organisation: str, change: AccountChange
) -> None:
    verified = change not in OF_THE_UNVERIFIED
    person = await make_person(auth, "customer", "Alex Able", organisation, email_verified=verified)
    account = Account(auth, organisation, person)
    if change in WITH_MFA:
        account.app = await set_up(auth, person)

    await CHANGES[change](account)

    ok(await account.request("GET", "/auth/me"))
