"""Which passwords are accepted, and how typed ones are compared."""

import unicodedata
from typing import Any

import httpx
import pytest

from tests.support.desk import ok, problem
from tests.support.people import make_agent
from tests.support.services import RunningService

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def sign_up(auth: RunningService, organisation: str, password: str, **fields: Any) -> httpx.Response:
    body = {"email": "ada.lovelace@example.org", "password": password, "organisation": organisation, **fields}
    return await auth.http.post("/api/v1/auth/signup", json=body)


async def log_in(auth: RunningService, organisation: str, password: str) -> httpx.Response:
    body = {"email": "ada.lovelace@example.org", "password": password, "organisation": organisation}
    return await auth.http.post("/api/v1/auth/login", json=body)


@pytest.mark.parametrize(
    "password",
    ["aaaaaaaa", "abcdefgh", "Passw0rd!", "helpdesk1", "P@ssw0rd123", "a" * 128, "lovelace1815", "AdaLovelace!"],
)
async def test_a_password_that_is_easy_to_guess_is_refused_with_what_to_do(
    auth: RunningService, organisation: str, password: str
) -> None:
    refused = problem(await sign_up(auth, organisation, password, name="Ada Lovelace"), 422, "invalid")

    [error] = refused["errors"]
    assert error["field"] == "password"
    assert "easy to guess" in error["message"]
    assert "words" in error["message"]
    assert password not in str(refused)


async def test_the_words_of_the_organisation_make_a_password_easy_to_guess(
    auth: RunningService, organisation: str
) -> None:
    await auth.db["organisations"].update_one({"slug": organisation}, {"$set": {"name": "Zephyrine Quokkas"}})

    problem(await sign_up(auth, organisation, "zephyrinequokkas1"), 422, "invalid")


async def test_a_new_password_in_a_session_is_judged_with_the_words_of_its_owner(
    auth: RunningService, organisation: str
) -> None:
    alex = await make_agent(auth, "Xanthippe Vukovic", organisation)
    body = {"current_password": "correct horse battery", "new_password": "xanthippevukovic7"}

    answer = await auth.http.post("/api/v1/auth/change-password", json=body, headers=alex.headers)

    [error] = problem(answer, 422, "invalid")["errors"]
    assert error["field"] == "new_password"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_a_password_matches_in_each_unicode_form(auth: RunningService, organisation: str, form: Any) -> None:
    password = "Grüße-aus-Köln-1"
    ok(await sign_up(auth, organisation, unicodedata.normalize("NFC" if form == "NFD" else "NFD", password)), 201)

    ok(await log_in(auth, organisation, unicodedata.normalize(form, password)))


async def test_spaces_around_a_password_are_part_of_it(auth: RunningService, organisation: str) -> None:
    ok(await sign_up(auth, organisation, "  correct horse battery "), 201)

    problem(await log_in(auth, organisation, "correct horse battery"), 401, "wrong_credentials")
    ok(await log_in(auth, organisation, "  correct horse battery "))
