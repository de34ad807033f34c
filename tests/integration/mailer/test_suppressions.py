"""Addresses that nothing is sent to."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from common.ids import derived_id
from common.outbox import EventLog, EventSelection
from tests.integration.mailer.conftest import Office
from tests.integration.mailer.test_outbox import id_of, requested_mail
from tests.support.desk import ok, problem
from tests.support.mailer_fixture import address_of, email_request
from tests.support.people import another_organisation

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def suppress(office: Office, email: str, **more: Any) -> dict[str, Any]:
    return ok(await office.ask("POST", "/suppressions", json={"email": email, **more}), 201)


async def test_nothing_is_sent_to_an_address_on_the_list_whatever_its_case_and_others_get_theirs(
    office: Office,
) -> None:
    request, other = requested_mail(office, email="Bounced@Example.org"), requested_mail(office)
    added = await suppress(office, "bounced@example.ORG", reason="it bounced")
    assert (added["email"], added["reason"]) == ("bounced@example.org", "it bounced")

    await office.room.ask(request, other)

    entry = await office.room.became(request, "suppressed")
    assert (entry["last_error"], entry["attempts"]) == ("address_suppressed", 0)
    await office.room.delivered(other)
    [said] = await office.room.events(request)
    assert (said.action, said.data["reason"]) == ("email.suppressed", "address_suppressed")
    assert office.room.smtp.tried["Bounced@Example.org"] == 0


async def test_the_list_is_one_organisations(office: Office) -> None:
    email = f"{uuid4()}@example.org"
    await suppress(office, email)
    elsewhere = email_request(email=email)

    await office.room.ask(elsewhere)

    await office.room.delivered(elsewhere)


async def test_what_is_taken_from_the_list_gets_mails_again_and_what_was_held_back_when_asked(office: Office) -> None:
    request = requested_mail(office)
    added = await suppress(office, address_of(request))
    await office.room.ask(request)
    await office.room.became(request, "suppressed")

    still = await office.ask("POST", f"/outbox/{id_of(request)}/retry")
    assert still.status_code == 202
    await office.room.became(request, "suppressed")
    removed = await office.ask("DELETE", f"/suppressions/{added['id']}")
    assert removed.status_code == 204
    assert ok(await office.ask("GET", "/suppressions"))["items"] == []
    await office.ask("POST", f"/outbox/{id_of(request)}/retry")

    await office.room.delivered(request)


async def test_the_list_is_shown_newest_first_page_by_page(office: Office) -> None:
    added = [await suppress(office, f"{number}-{uuid4()}@example.org") for number in range(3)]

    first = ok(await office.ask("GET", "/suppressions", params={"limit": 2}))
    second = ok(await office.ask("GET", "/suppressions", params={"limit": 2, "cursor": first["next_cursor"]}))

    assert first["items"] + second["items"] == added[::-1]
    assert second["next_cursor"] is None
    assert first["items"][0]["added_by"] == {"id": str(office.admin.id), "name": "Ada Admin"}


async def test_an_address_is_on_the_list_once_and_what_was_removed_can_come_back(office: Office) -> None:
    email = f"{uuid4()}@example.org"
    added = await suppress(office, email)
    problem(await office.ask("POST", "/suppressions", json={"email": email.upper()}), 409, "already_suppressed")
    assert (await office.ask("DELETE", f"/suppressions/{added['id']}")).status_code == 204
    problem(await office.ask("DELETE", f"/suppressions/{added['id']}"), 404, "not_found")

    again = await suppress(office, email, reason="it bounced again")

    assert (again["id"], again["reason"]) == (added["id"], "it bounced again")
    await office.room.settle()
    wanted = EventSelection(aggregate_id=derived_id("suppression", office.admin.organisation_id, email))
    said = [(event.action, event.sequence) async for event in EventLog(office.room.mailer.db).read(wanted)]
    assert said == [("suppression.added", 1), ("suppression.removed", 2), ("suppression.added", 3)]


async def test_two_admins_who_add_one_address_at_once_add_it_once(office: Office) -> None:
    email = f"{uuid4()}@example.org"

    answers = await asyncio.gather(*(office.ask("POST", "/suppressions", json={"email": email}) for _ in range(6)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
    assert len(ok(await office.ask("GET", "/suppressions"))["items"]) == 1


async def test_a_repeated_request_is_answered_as_the_first_one(office: Office) -> None:
    body, key = {"email": f"{uuid4()}@example.org"}, {"Idempotency-Key": str(uuid4())}

    first = await office.ask("POST", "/suppressions", json=body, headers=key)
    second = await office.ask("POST", "/suppressions", json=body, headers=key)

    assert ok(first, 201) == ok(second, 201)
    assert first.headers["Location"].endswith(f"/mail/suppressions/{first.json()['id']}")


async def test_a_removal_meant_for_another_version_is_refused(office: Office) -> None:
    added = await suppress(office, f"{uuid4()}@example.org")
    path = f"/suppressions/{added['id']}"

    problem(await office.ask("DELETE", path, headers={"If-Match": '"9"'}), 412, "precondition_failed")

    assert (await office.ask("DELETE", path, headers={"If-Match": '"1"'})).status_code == 204


WRONG = [
    {},
    {"email": "nobody"},
    {"email": "a@example.org", "reason": ""},
    {"email": "a@example.org", "more": 1},
]


@pytest.mark.parametrize("body", WRONG)
async def test_what_is_no_address_is_a_wrong_field(office: Office, body: dict[str, Any]) -> None:
    problem(await office.ask("POST", "/suppressions", json=body), 422, "invalid")


async def test_the_list_is_for_admins_and_each_has_their_own_organisations(office: Office) -> None:
    added = await suppress(office, f"{uuid4()}@example.org")
    calls: list[tuple[str, str, Any]] = [
        ("GET", "/suppressions", None),
        ("POST", "/suppressions", {"email": "x@example.org"}),
        ("DELETE", f"/suppressions/{added['id']}", None),
    ]
    for role in ("customer", "agent"):
        person = await office.somebody(role)
        for method, path, body in calls:
            problem(await office.ask(method, path, person, json=body), 403, "forbidden")
    elsewhere = await office.somebody("admin", await another_organisation())
    assert ok(await office.ask("GET", "/suppressions", elsewhere))["items"] == []
    problem(await office.ask("DELETE", f"/suppressions/{added['id']}", elsewhere), 404, "not_found")
