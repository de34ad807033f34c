"""People made from the command line: the first admin, and lists of accounts."""

import json
from typing import Any

import pytest

from tests.support.command_line import Finished, command
from tests.support.desk import ok
from tests.support.services import Installation

SECRET = "correct horse battery"
CASEY = {"email": "Casey@example.org", "name": "Casey", "password": SECRET}
ALEX = {"email": "alex@example.org", "name": "Alex", "role": "agent", "password": SECRET}


async def create_admin(installation: Installation, email: str, password: str = SECRET) -> Finished:
    """As the first thing an operator types."""
    arguments = ("create-admin", "--email", email, "--name", "Ada Admin")
    return await command("auth", installation.settings("auth"), *arguments, typed=f"{password}\n")


async def import_users(installation: Installation, people: object) -> Finished:
    """From standard input."""
    return await command("auth", installation.settings("auth"), "import-users", "-", typed=json.dumps(people))


async def role_after_log_in(installation: Installation, email: str, password: str = SECRET) -> str:
    """Logs in by HTTP."""
    async with installation.run("auth") as auth:
        body = {"email": email, "password": password}
        role = ok(await auth.http.post("/api/v1/auth/login", json=body))["user"]["role"]
        assert isinstance(role, str)
        return role


async def accounts(installation: Installation) -> list[dict[str, Any]]:
    """All that are stored."""
    async with installation.servers.client() as client:
        return await client[installation.database("auth")]["users"].find().sort("email_key").to_list()


async def test_the_first_admin_is_made_on_an_empty_database_and_can_log_in(installation: Installation) -> None:
    made = await create_admin(installation, "Ada@example.org")

    assert (made.status, made.out) == (0, "Ada@example.org is an admin now\n")
    assert SECRET not in made.said
    assert await role_after_log_in(installation, "ada@example.org") == "admin"


async def test_an_address_that_has_an_account_is_not_made_an_admin(installation: Installation) -> None:
    await import_users(installation, [CASEY])

    refused = await create_admin(installation, "casey@example.org", "another password")

    assert (refused.status, refused.out) == (1, "")
    assert "casey@example.org already" in refused.err
    assert await role_after_log_in(installation, "casey@example.org") == "customer"


@pytest.mark.parametrize(
    ("email", "password", "told"),
    [
        ("ada@example.org", "sunshine", "most common"),
        ("ada@example.org", "short", "8 to 128"),
        ("nonsense", SECRET, "email"),
    ],
)
async def test_an_admin_nobody_should_have_is_refused_in_one_sentence(
    installation: Installation, email: str, password: str, told: str
) -> None:
    refused = await create_admin(installation, email, password)

    assert (refused.status, refused.out) == (1, "")
    last = refused.err.strip().splitlines()[-1]
    assert told in last
    assert "settings" not in last
    assert "Traceback" not in refused.said
    assert password not in refused.said
    assert await accounts(installation) == []


async def test_a_list_is_imported_once_and_a_second_time_leaves_every_account_as_it_is(
    installation: Installation,
) -> None:
    first = await import_users(installation, [CASEY, ALEX])
    before = await accounts(installation)
    changed = [{**CASEY, "email": "CASEY@example.org", "role": "admin", "password": "a new password"}, ALEX]

    second = await import_users(installation, changed)

    assert (first.status, first.out) == (0, "2 accounts made, 0 were there already\n")
    assert (second.status, second.out) == (0, "0 accounts made, 2 were there already\n")
    assert await accounts(installation) == before
    assert [(account["email"], account["role"]) for account in before] == [
        ("alex@example.org", "agent"),
        ("Casey@example.org", "customer"),
    ]
    assert SECRET not in first.said + second.said
    assert SECRET not in str(before)
    assert await role_after_log_in(installation, "casey@example.org") == "customer"


@pytest.mark.parametrize(
    "people",
    [
        "nonsense",
        [{**CASEY, "email": "nonsense"}],
        [{"email": "casey@example.org", "password": SECRET}],
        [{**CASEY, "role": "king"}],
    ],
)
async def test_a_list_that_can_not_be_read_says_where_and_makes_nobody(
    installation: Installation, people: object
) -> None:
    refused = await import_users(installation, people)

    assert (refused.status, refused.out) == (1, "")
    assert "list of people can not be read" in refused.err
    assert SECRET not in refused.said
    assert await accounts(installation) == []


async def test_of_a_list_with_a_weak_password_it_is_said_whose_it_is(installation: Installation) -> None:
    refused = await import_users(installation, [CASEY, {**ALEX, "password": "sunshine"}])

    assert refused.status == 1
    assert "alex@example.org" in refused.err
    assert "sunshine" not in refused.said


async def test_an_organisation_that_is_not_there_is_named(installation: Installation) -> None:
    settings = installation.settings("auth")

    refused = await command(
        "auth", settings, "import-users", "-", "--organisation", "nowhere", typed=json.dumps([CASEY])
    )

    assert refused.status == 1
    assert "nowhere" in refused.err


async def test_an_operator_is_made_by_a_command_and_looks_after_organisations(installation: Installation) -> None:
    arguments = ("create-operator", "--email", "olga@example.org", "--name", "Olga Operator")
    made = await command("auth", installation.settings("auth"), *arguments, typed=f"{SECRET}\n")

    assert (made.status, made.out) == (0, "olga@example.org is an operator now\n")
    async with installation.run("auth") as auth:
        body = {"email": "olga@example.org", "password": SECRET}
        answer = ok(await auth.http.post("/api/v1/auth/login", json=body))
        assert answer["user"]["role"] == "operator"
        headers = {"Authorization": f"Bearer {answer['access_token']}"}
        organisations = ok(await auth.http.get("/api/v1/organisations", headers=headers))["items"]
        assert [each["slug"] for each in organisations] == ["default"]
