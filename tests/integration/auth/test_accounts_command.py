"""Accounts created from the command line: admins, operators, and lists of users."""

import json
from typing import Any
from uuid import uuid4

import pytest

from tests.support.credentials import reserve_address
from tests.support.desk import ok
from tests.support.people import log_in, make_person
from tests.support.services import Installation, RunningService
from tests.support.subprocesses import Finished, command

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "correct horse battery"
CASEY = {"email": "Casey@example.org", "name": "Casey", "password": SECRET}
ALEX = {"email": "alex@example.org", "name": "Alex", "role": "agent", "password": SECRET}


async def create_admin(
    installation: Installation, organisation: str, email: str = "Ada@example.org", password: str = SECRET
) -> Finished:
    arguments = ("create-admin", "--email", email, "--name", "Ada Admin", "--organisation", organisation)
    return await command("auth", installation.settings("auth"), *arguments, typed=f"{password}\n")


async def import_users(installation: Installation, organisation: str, users: object) -> Finished:
    """From standard input."""
    arguments = ("import-users", "-", "--organisation", organisation)
    return await command("auth", installation.settings("auth"), *arguments, typed=json.dumps(users))


async def stored_accounts(auth: RunningService, organisation: str) -> list[dict[str, Any]]:
    found = await auth.db["organisations"].find_one({"slug": organisation})
    assert found is not None
    users = auth.db["users"].find({"organisation_id": found["_id"]}, {"outbox": 0})
    return await users.sort("email_key").to_list()


async def test_create_admin_creates_an_admin_who_can_log_in(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    created = await create_admin(shared_installation, organisation)

    assert (created.status, created.out) == (0, "created Ada@example.org (admin)\n")
    assert SECRET not in created.said
    assert (await log_in(auth, "ada@example.org", organisation)).role == "admin"


async def test_create_admin_leaves_an_existing_account_as_it_is(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    casey = await make_person(auth, "customer", "Casey", organisation)

    refused = await create_admin(shared_installation, organisation, casey.email, "another password")

    assert (refused.status, refused.out) == (1, "")
    assert "casey@example.org already has an account" in refused.err
    assert (await log_in(auth, casey.email, organisation)).role == "customer"


@pytest.mark.parametrize(
    ("email", "password", "hint"),
    [
        ("ada@example.org", "sunshine", "easy to guess"),
        ("nonsense", SECRET, "email"),
    ],
)
async def test_create_admin_refuses_invalid_input_with_one_sentence(
    shared_installation: Installation, auth: RunningService, organisation: str, email: str, password: str, hint: str
) -> None:
    refused = await create_admin(shared_installation, organisation, email, password)

    assert (refused.status, refused.out) == (1, "")
    last = refused.err.strip().splitlines()[-1]
    assert hint in last
    assert "settings" not in last
    assert "Traceback" not in refused.said
    assert password not in refused.said
    assert await stored_accounts(auth, organisation) == []


async def test_a_second_import_of_a_list_changes_nothing(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    first = await import_users(shared_installation, organisation, [CASEY, ALEX])
    before = await stored_accounts(auth, organisation)
    changed = [{**CASEY, "email": "CASEY@example.org", "role": "admin", "password": "a new password"}, ALEX]

    second = await import_users(shared_installation, organisation, changed)

    assert (first.status, first.out) == (0, "2 accounts created, 0 already existed\n")
    assert (second.status, second.out) == (0, "0 accounts created, 2 already existed\n")
    assert await stored_accounts(auth, organisation) == before
    assert [(account["email"], account["role"]) for account in before] == [
        ("alex@example.org", "agent"),
        ("Casey@example.org", "customer"),
    ]
    assert SECRET not in first.said + second.said
    assert SECRET not in str(before)
    assert (await log_in(auth, "casey@example.org", organisation)).role == "customer"


async def test_an_import_reports_a_reserved_address_and_creates_the_other_accounts(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    robin = await make_person(auth, "customer", "Robin", organisation)
    await reserve_address(auth, robin, CASEY["email"])

    imported = await import_users(shared_installation, organisation, [CASEY, ALEX])

    reserved, summary = imported.out.splitlines()
    assert reserved.startswith("Casey@example.org: ")
    assert "reserved" in reserved
    assert (imported.status, summary) == (0, "1 accounts created, 0 already existed, 1 refused")
    assert (await log_in(auth, ALEX["email"], organisation)).role == "agent"


async def test_an_unreadable_list_creates_no_account_and_repeats_no_password(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    users = [CASEY, {**CASEY, "email": "nonsense"}, {"email": "alex@example.org", "password": SECRET}]

    refused = await import_users(shared_installation, organisation, users)

    assert (refused.status, refused.out) == (1, "")
    assert "list of users cannot be read" in refused.err
    assert SECRET not in refused.said
    assert await stored_accounts(auth, organisation) == []


async def test_a_weak_password_in_a_list_is_reported_with_its_address(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    refused = await import_users(shared_installation, organisation, [CASEY, {**ALEX, "password": "sunshine"}])

    assert refused.status == 1
    assert "alex@example.org" in refused.err
    assert "sunshine" not in refused.said


async def test_an_unknown_organisation_is_named(shared_installation: Installation) -> None:
    refused = await import_users(shared_installation, "nowhere", [CASEY])

    assert refused.status == 1
    assert "nowhere" in refused.err


async def test_create_operator_creates_an_operator_who_can_list_organisations(
    shared_installation: Installation, auth: RunningService, organisation: str
) -> None:
    email = f"olga-{uuid4()}@example.org"
    arguments = ("create-operator", "--email", email, "--name", "Olga Operator")

    created = await command("auth", shared_installation.settings("auth"), *arguments, typed=f"{SECRET}\n")

    assert (created.status, created.out) == (0, f"created {email} (operator)\n")
    olga = await log_in(auth, email)
    assert olga.role == "operator"
    items = ok(await auth.http.get("/api/v1/organisations", headers=olga.headers, params={"limit": 100}))["items"]
    assert {"default", organisation} <= {each["slug"] for each in items}
