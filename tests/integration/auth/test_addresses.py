"""Two spellings of one email address are one account, one limit and one invitation."""

from typing import Any

import httpx
import pytest

from tests.support.desk import ok, problem
from tests.support.people import PASSWORD, log_in, make_admin
from tests.support.services import Installation, RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")

FULL_WIDTH, PLAIN = "casey@ｈelpdesk.example", "casey@helpdesk.example"
UNICODE, PUNYCODE = "a@bücher.example", "a@xn--bcher-kva.example"


async def sign_up(auth: RunningService, organisation: str, email: str) -> httpx.Response:
    body = {"email": email, "password": PASSWORD, "name": "Casey", "organisation": organisation}
    return await auth.http.post("/api/v1/auth/signup", json=body)


@pytest.mark.parametrize(
    ("first", "second"),
    [(FULL_WIDTH, PLAIN), (UNICODE, PUNYCODE), ("a@BÜCHER.example", UNICODE), ("u\u0308@example.com", "Ü@example.com")],
)
async def test_another_spelling_of_an_address_is_the_same_account(
    auth: RunningService, organisation: str, first: str, second: str
) -> None:
    ok(await sign_up(auth, organisation, first), 201)

    problem(await sign_up(auth, organisation, second), 409, "email_taken")
    assert (await log_in(auth, second, organisation)).name == "Casey"


async def test_an_address_is_stored_with_its_domain_in_ascii_and_its_local_part_as_typed(
    auth: RunningService, organisation: str
) -> None:
    assert ok(await sign_up(auth, organisation, "Sam.S@BÜCHER.Example"), 201)["user"]["email"] == (
        "Sam.S@xn--bcher-kva.example"
    )


@pytest.mark.parametrize("email", ["user@corp.local", "user@intranet", "ü@example.com"])
async def test_an_address_of_an_internal_network_or_with_an_umlaut_can_sign_up(
    auth: RunningService, organisation: str, email: str
) -> None:
    assert ok(await sign_up(auth, organisation, email), 201)["user"]["email"] == email


@pytest.mark.parametrize(
    ("email", "hint"),
    [
        ('"sam smith"@example.com', "Quoting"),
        ("sam\0@example.com", "invalid characters"),
        (f"{'s' * 65}@example.com", "too long"),
        (f"{'ü' * 33}@example.com", "too long"),
        ("sam@192.0.2.7", "IP address"),
        ("sam", "@-sign"),
    ],
)
async def test_an_address_that_cannot_receive_mail_is_refused_with_the_reason(
    auth: RunningService, organisation: str, email: str, hint: str
) -> None:
    refused = problem(await sign_up(auth, organisation, email), 422, "invalid")

    [error] = refused["errors"]
    assert error["field"] == "email"
    assert hint in error["message"]


async def test_an_invitation_replaces_one_to_another_spelling_of_the_address(
    auth: RunningService, organisation: str
) -> None:
    admin = await make_admin(auth, "Ada Admin", organisation)

    async def invite(email: str) -> Any:
        body = {"email": email, "name": "Sam"}
        return ok(await auth.http.post("/api/v1/users/invitations", json=body, headers=admin.headers), 201)

    await invite(UNICODE)
    second = await invite(PUNYCODE)

    listed = ok(await auth.http.get("/api/v1/users/invitations", headers=admin.headers))["items"]
    assert [each["id"] for each in listed] == [second["id"]]


async def test_a_person_is_found_by_the_unicode_form_of_their_domain(auth: RunningService, organisation: str) -> None:
    admin = await make_admin(auth, "Ada Admin", organisation)
    ok(await sign_up(auth, organisation, PUNYCODE), 201)

    for text in ("bücher", "xn--bcher", "a@bücher.ex"):
        found = ok(await auth.http.get("/api/v1/users", params={"text": text}, headers=admin.headers))["items"]
        assert [each["email"] for each in found] == [PUNYCODE], text


async def test_spellings_of_one_address_share_the_limit_of_reset_mails(shared_installation: Installation) -> None:
    spellings = [
        "x@bücher.example",
        "x@BÜCHER.example",
        "x@xn--bcher-kva.example",
        "x@ｂücher.example",
        "X@Bücher.example",
    ]
    async with shared_installation.run("auth") as auth:
        answers = [
            (await auth.http.post("/api/v1/auth/forgot-password", json={"email": email})).status_code
            for email in [*spellings, spellings[0]]
        ]

    assert answers == [202] * 5 + [429]
