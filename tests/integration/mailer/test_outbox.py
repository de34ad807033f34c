"""What admins see of the mails of their organisation, and what they can do about those that did not go."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from common import clock
from common.events import Envelope
from common.ids import new_id
from tests.integration.mailer.conftest import Office
from tests.support.desk import ok, problem
from tests.support.eventually import eventually
from tests.support.mailer_fixture import address_of, email_request, mail_id_of
from tests.support.people import another_organisation
from tests.support.smtp import HANG_UP

pytestmark = pytest.mark.asyncio(loop_scope="module")


def id_of(request: Envelope) -> str:
    """Of the mail in the ledger."""
    return str(mail_id_of(request))


def requested_mail(office: Office, *args: Any, **more: Any) -> Envelope:
    """A mail of the office's organisation."""
    return email_request(*args, organisation_id=office.admin.organisation_id, **more)


async def listed(office: Office, **query: Any) -> list[str]:
    """The ids of all mails that answer, page by page."""
    ids: list[str] = []
    cursor = None
    while True:
        params = {"limit": 2, **query} | ({"cursor": cursor} if cursor else {})
        page = ok(await office.ask("GET", "/outbox", params=params))
        ids += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            return ids


async def failed(office: Office, **more: Any) -> Envelope:
    """A mail that the server refused for good."""
    request = requested_mail(office, **more)
    office.room.smtp.answers[address_of(request)] = "550 no such user"
    await office.room.ask(request)
    await office.room.became(request, "failed")
    return request


async def test_a_mail_is_shown_with_what_became_of_it_and_without_what_it_says(office: Office) -> None:
    request = requested_mail(office, "replied", body="top secret", unsubscribe_token="token")
    await office.room.ask(request)
    await office.room.became(request, "sent")

    answer = await office.ask("GET", f"/outbox/{id_of(request)}")

    shown = ok(answer)
    assert answer.headers["ETag"] == f'"{shown["version"]}"'
    assert (shown["status"], shown["attempts"], shown["last_error"]) == ("sent", 1, None)
    assert (shown["kind"], shown["ticket_number"]) == ("replied", 7)
    assert shown["recipient"]["email"] == address_of(request)
    assert shown["message_id"] == f"<{request.aggregate_id}@helpdesk.example>"
    assert shown["sent_at"] >= shown["created_at"]
    assert "secret" not in answer.text
    assert "token" not in answer.text


async def test_mails_are_listed_newest_first_and_by_all_that_is_known_of_them(office: Office) -> None:
    ticket = new_id()
    first = requested_mail(office, "replied", ticket_id=ticket)
    second = requested_mail(office, "welcome")
    await office.room.ask(first)
    await office.room.became(first, "sent")
    between = clock.rfc3339(clock.now() + timedelta(milliseconds=1))
    await office.room.ask(second)
    await office.room.became(second, "sent")
    third = await failed(office, kind="replied")
    one, two, three = map(id_of, (first, second, third))

    assert await listed(office) == [three, two, one]
    assert await listed(office, status="sent") == [two, one]
    assert await listed(office, status="failed") == [three]
    assert await listed(office, status="suppressed") == []
    assert await listed(office, kind="replied") == [three, one]
    assert await listed(office, ticket_id=str(ticket)) == [one]
    assert await listed(office, recipient=address_of(second).upper()) == [two]
    assert await listed(office, since=between) == [three, two]
    assert await listed(office, until=between) == [one]
    assert await listed(office, status="sent", kind="replied", until=between) == [one]


@pytest.mark.parametrize(
    "query",
    [
        {"status": "lost"},
        {"kind": "x"},
        {"ticket_id": "7"},
        {"since": "yesterday"},
        {"since": "2026-01-01T00:00:00"},
    ],
)
async def test_a_filter_that_is_none_is_a_wrong_field(office: Office, query: dict[str, str]) -> None:
    refused = problem(await office.ask("GET", "/outbox", params=query), 422, "invalid")
    assert [each["field"] for each in refused["errors"]] == list(query)


async def test_the_outbox_is_for_admins_and_each_sees_their_own_organisations(office: Office) -> None:
    request = await failed(office)
    elsewhere = await office.somebody("admin", await another_organisation())
    general = [("GET", "/outbox"), ("POST", "/outbox/retry"), ("GET", "/server")]
    mail = f"/outbox/{id_of(request)}"
    calls = [("GET", mail), ("POST", f"{mail}/retry"), ("POST", f"{mail}/mark-sent")]
    for role in ("customer", "agent"):
        person = await office.somebody(role)
        for method, path in (*general, *calls):
            problem(await office.ask(method, path, person, json={}), 403, "forbidden")

    assert ok(await office.ask("GET", "/outbox", elsewhere))["items"] == []
    nothing = ok(await office.ask("POST", "/outbox/retry", elsewhere, json={}), 202)
    assert nothing == {"retried": 0, "skipped": 0, "next_cursor": None}
    for method, path in calls:
        problem(await office.ask(method, path, elsewhere), 404, "not_found")
        problem(await office.ask(method, path.replace(id_of(request), str(uuid4())), elsewhere), 404, "not_found")
    assert (await office.room.entry(request))["status"] == "failed"


async def test_a_mail_that_failed_can_be_sent_again_and_is_the_same_mail(office: Office) -> None:
    request = await failed(office)
    del office.room.smtp.answers[address_of(request)]

    answer = await office.ask("POST", f"/outbox/{id_of(request)}/retry")

    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    mail = await office.room.delivered(request)
    assert mail["Message-ID"] == f"<{request.aggregate_id}@helpdesk.example>"
    entry = await office.room.entry(request)
    assert (entry["attempts"], entry["last_error"]) == (2, None)
    await office.room.settle()
    said = [(event.action, event.actor and event.actor.id) for event in await office.room.events(request)]
    assert said == [("email.failed", None), ("email.retried", office.admin.id), ("email.sent", None)]


async def test_a_mail_tried_again_has_all_its_attempts_again(office: Office) -> None:
    request = requested_mail(office)
    office.room.smtp.answers[address_of(request)] = "450 mailbox busy"
    await office.room.ask(request)
    assert (await office.room.became(request, "failed"))["attempts"] == 3

    await office.ask("POST", f"/outbox/{id_of(request)}/retry")

    await office.room.until(request, lambda entry: entry["attempts"] == 6)
    assert (await office.room.entry(request))["status"] == "failed"
    assert office.room.smtp.tried[address_of(request)] == 6


async def test_a_mail_that_was_sent_is_not_sent_again(office: Office) -> None:
    request = requested_mail(office)
    await office.room.ask(request)
    await office.room.became(request, "sent")

    problem(await office.ask("POST", f"/outbox/{id_of(request)}/retry"), 409, "conflict")

    assert len(office.room.smtp.to(address_of(request))) == 1


async def unknown(office: Office) -> Envelope:
    """A mail that arrived, and whose answer was lost."""
    request = requested_mail(office)
    office.room.smtp.answer_next("CONTENT", HANG_UP)
    await office.room.ask(request)
    await office.room.became(request, "unknown")
    return request


async def test_an_unknown_mail_that_arrived_is_marked_as_sent_and_not_sent_again(office: Office) -> None:
    request = await unknown(office)
    before = ok(await office.ask("GET", f"/outbox/{id_of(request)}"))
    assert before["due_at"] > before["created_at"]

    shown = ok(await office.ask("POST", f"/outbox/{id_of(request)}/mark-sent"))

    assert (shown["status"], shown["due_at"], shown["last_error"]) == ("sent", None, None)
    problem(await office.ask("POST", f"/outbox/{id_of(request)}/mark-sent"), 409, "conflict")
    await office.room.settle()
    said = [(event.action, event.actor and event.actor.id) for event in await office.room.events(request)]
    assert said == [("email.outcome_unknown", None), ("email.marked_sent", office.admin.id)]
    assert len(office.room.smtp.to(address_of(request))) == 1


async def test_an_unknown_mail_is_sent_again_at_once_where_an_admin_says_so(office: Office) -> None:
    request = await unknown(office)

    assert ok(await office.ask("POST", f"/outbox/{id_of(request)}/retry"), 202)["status"] == "queued"

    await office.room.became(request, "sent")
    first, second = office.room.smtp.to(address_of(request))
    assert first["Message-ID"] == second["Message-ID"]


async def test_all_failed_mails_that_match_a_filter_are_sent_again_step_by_step(office: Office) -> None:
    welcomes = [await failed(office, kind="welcome") for _ in range(3)]
    reply = await failed(office, kind="replied")
    expired = await failed(office, kind="welcome")
    past = {"$set": {"expires_at": clock.now() - timedelta(seconds=1)}}
    await office.room.mailer.db["mails"].update_one({"_id": UUID(id_of(expired))}, past)
    for request in (*welcomes, reply):
        del office.room.smtp.answers[address_of(request)]

    steps: list[dict[str, Any]] = []
    cursor = None
    while not steps or cursor:
        body = {"kind": "welcome", "limit": 2} | ({"cursor": cursor} if cursor else {})
        steps.append(ok(await office.ask("POST", "/outbox/retry", json=body), 202))
        cursor = steps[-1]["next_cursor"]

    assert [(step["retried"], step["skipped"]) for step in steps] == [(1, 1), (2, 0)]
    for request in welcomes:
        await office.room.delivered(request)
    for request in (reply, expired):
        assert (await office.room.entry(request))["status"] == "failed"


@pytest.mark.parametrize("body", [{"status": "sent"}, {"limit": 101}, {"kind": "x"}, {"cursor": "x" * 501}])
async def test_a_filter_of_failed_mails_that_is_none_is_refused(office: Office, body: dict[str, Any]) -> None:
    refused = problem(await office.ask("POST", "/outbox/retry", json=body), 422, "invalid")
    assert [each["field"] for each in refused["errors"]] == list(body)


async def test_admins_see_that_the_server_takes_no_mail_why_and_when_it_is_tried_again(office: Office) -> None:
    taken = {"available": True, "reason": None, "since": None, "next_attempt_at": None}
    assert ok(await office.ask("GET", "/server")) == taken
    await office.room.smtp.stop()
    request = requested_mail(office)
    await office.room.ask(request)

    async def is_shown() -> None:
        shown = ok(await office.ask("GET", "/server"))
        assert shown["available"] is False
        assert "Connect" in shown["reason"]
        assert shown["next_attempt_at"] > shown["since"]

    await eventually(is_shown)
    await office.room.smtp.start()
    await office.room.delivered(request)
    assert ok(await office.ask("GET", "/server")) == taken


async def test_every_list_of_mails_is_answered_by_an_index(office: Office) -> None:
    db = office.room.mailer.db
    organisation = {"organisation_id": office.admin.organisation_id}
    filters: list[dict[str, Any]] = [
        {},
        {"status": "sent"},
        {"address": "a@example.org"},
        {"kind": "replied"},
        {"ticket_id": UUID(int=7)},
        {"created_at": {"$gte": clock.now()}},
    ]
    for wanted in filters:
        find = {"find": "mails", "filter": {**organisation, **wanted}, "sort": {"created_at": -1, "_id": -1}}
        plan = await db.command({"explain": find, "verbosity": "queryPlanner"}, codec_options=db.codec_options)
        found = str(plan["queryPlanner"]["winningPlan"])
        assert "IXSCAN" in found, wanted
        assert "'stage': 'SORT'" not in found, wanted


async def test_a_mail_of_a_kind_and_status_of_a_newer_version_is_listed_like_any_other(office: Office) -> None:
    request = requested_mail(office)
    await office.room.ask(request)
    await office.room.became(request, "sent")
    later = {"$set": {"kind": "bounced_back", "audience": "admins", "status": "bounced"}}
    await office.room.mailer.db["mails"].update_one({"_id": UUID(id_of(request))}, later)

    [shown] = ok(await office.ask("GET", "/outbox"))["items"]
    assert (shown["kind"], shown["status"]) == ("bounced_back", "bounced")
    assert ok(await office.ask("GET", f"/outbox/{id_of(request)}")) == shown
    problem(await office.ask("POST", f"/outbox/{id_of(request)}/retry"), 409, "conflict")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "bounced_back"}, "unknown kind of notification: bounced_back"),
        ({"audience": "watchers"}, "the kind replied has no audience watchers"),
        ({"context": {}}, "the context of replied lacks valid values of: body"),
    ],
)
async def test_a_request_that_this_version_cannot_build_becomes_a_dead_letter_with_the_reason(
    office: Office, fields: dict[str, Any], reason: str
) -> None:
    request = requested_mail(office)
    request = request.model_copy(update={"data": {**request.data, **fields}})

    await office.room.ask(request)

    async def dead() -> str:
        answer = await office.room.mailer.http.get("/api/v1/dead-letters/mailer", headers=office.admin.headers)
        found = ok(answer)["items"]
        reasons = [str(each["reason"]) for each in found if each["event_id"] == str(request.id)]
        assert len(reasons) == 1
        return reasons[0]

    assert reason in await eventually(dead)
    assert await office.room.mailer.db["mails"].find_one({"_id": UUID(id_of(request))}) is None


async def test_the_reason_of_an_outage_names_no_recipient_to_admins_of_another_organisation(office: Office) -> None:
    elsewhere = await office.somebody("admin", await another_organisation())
    request = requested_mail(office)
    answer = f"451 4.3.0 <{address_of(request)}>: the filter crashed"
    office.room.smtp.answers[address_of(request)] = answer
    await office.room.ask(request)

    async def outage_is_shown() -> None:
        shown = ok(await office.ask("GET", "/server", elsewhere))
        assert (shown["available"], shown["reason"]) == (False, "451 4.3.0")

    await eventually(outage_is_shown)
    assert (await office.room.entry(request))["last_error"] == answer
    del office.room.smtp.answers[address_of(request)]
    await office.room.became(request, "sent")
