"""What becomes of a mail the server does not take at once."""

from datetime import timedelta

import pytest
from prometheus_client import REGISTRY

from common import clock
from mailer.suppression.document import Suppression
from tests.support.eventually import eventually
from tests.support.mailer_fixture import MailerFixture, address_of, email_request, link_request
from tests.support.smtp import HANG_UP, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("RCPT", "450 mailbox busy"),
        ("RCPT", "451 4.7.1 greylisted"),
        ("RCPT", "554 5.7.1 relay access denied"),
        ("DATA", "452 disk full"),
        ("CONTENT", "452 disk full"),
    ],
)
async def test_what_is_refused_for_now_is_sent_again_and_is_the_same_mail(
    room: MailerFixture, stage: Stage, answer: str
) -> None:
    await _new_connections(room)
    request = email_request()
    room.smtp.answer_next(stage, answer, answer)

    await room.ask(request)
    mail = await room.delivered(request)

    assert mail["Message-ID"] == f"<{request.aggregate_id}@helpdesk.example>"
    entry = await room.entry(request)
    assert (entry["attempts"], entry["last_error"]) == (3, None)


async def test_a_mail_whose_answer_was_lost_is_unknown_and_is_sent_once_more_four_hours_later_as_the_same(
    room: MailerFixture,
) -> None:
    request = email_request()
    room.smtp.answer_next("CONTENT", HANG_UP, HANG_UP)

    await room.ask(request)
    entry = await room.became(request, "unknown")

    assert entry["attempts"] == 1
    assert timedelta(hours=3.9) < entry["due_at"] - clock.now() < timedelta(hours=4.1)
    assert len(room.smtp.to(address_of(request))) == 1
    [unknown] = await room.events(request)
    assert (unknown.action, unknown.data["attempts"]) == ("email.outcome_unknown", 1)

    await room.mailer.db["mails"].update_one({"_id": entry["_id"]}, {"$set": {"due_at": clock.now()}})
    entry = await room.until(request, lambda entry: entry["attempts"] == 2)

    assert (entry["status"], entry["due_at"]) == ("unknown", None), "it is sent once more, not again and again"
    first, second = room.smtp.to(address_of(request))
    assert first["Message-ID"] == second["Message-ID"] == f"<{request.aggregate_id}@helpdesk.example>"
    before, after = (raw for raw in room.smtp.raw if address_of(request).encode() in raw)
    assert before == after


async def test_a_mail_with_a_link_whose_answer_was_lost_is_sent_once_more_while_the_link_still_works(
    room: MailerFixture,
) -> None:
    request = link_request("password_reset", "token", clock.now() + timedelta(hours=1))
    room.smtp.answer_next("CONTENT", HANG_UP)

    await room.ask(request)
    entry = await room.became(request, "unknown")

    assert timedelta(minutes=14) < entry["due_at"] - clock.now() < timedelta(minutes=16)


async def test_what_is_refused_for_now_too_often_has_failed_and_says_why(room: MailerFixture) -> None:
    request = email_request()
    room.smtp.answers[address_of(request)] = "450 mailbox busy"

    await room.ask(request)
    entry = await room.became(request, "failed")

    assert (entry["attempts"], entry["sent_at"]) == (3, None)
    assert entry["last_error"] == "450 mailbox busy"
    assert room.smtp.tried[address_of(request)] == 3
    [failed] = await room.events(request)
    assert (failed.action, failed.data["reason"], failed.data["attempts"]) == ("email.failed", "450 mailbox busy", 3)


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("RCPT", "550 no such user"),
        ("RCPT", "552 5.2.2 mailbox full"),
        ("DATA", "554 no"),
        ("CONTENT", "554 5.7.1 this is spam"),
        ("CONTENT", "552 5.3.4 too large"),
    ],
)
async def test_what_is_refused_for_good_has_failed_at_once(room: MailerFixture, stage: Stage, answer: str) -> None:
    request = email_request()
    room.smtp.answer_next(stage, answer)

    await room.ask(request)
    entry = await room.became(request, "failed")

    assert (entry["attempts"], entry["last_error"]) == (1, answer)
    [failed] = await room.events(request)
    assert (failed.action, failed.data["reason"]) == ("email.failed", answer)
    assert room.smtp.to(address_of(request)) == []


@pytest.mark.parametrize(
    ("stage", "answers"),
    [
        ("MAIL", ["530 5.7.0 authentication required"] * 2),
        ("MAIL", ["550 who are you"] * 2),
        ("MAIL", ["451 local error"] * 2),
        ("RCPT", ["550 5.4.5 daily sending limit exceeded"] * 2),
        ("CONTENT", ["550 5.4.5 daily sending limit exceeded"] * 2),
        ("RCPT", ["452 4.3.1 insufficient system storage"] * 2),
        ("RCPT", ["503 5.5.1 need MAIL first"] * 2),
        ("MAIL", [HANG_UP, HANG_UP]),
        ("RCPT", [HANG_UP, HANG_UP]),
        ("DATA", [HANG_UP, HANG_UP]),
        ("RCPT", ["421 shutting down"]),
        ("EHLO", ["421 too many connections"] * 2),
        ("EHLO", ["554 no service here"] * 2),
        ("EHLO", [HANG_UP]),
        ("CONNECT", [HANG_UP]),
        ("CONNECT", ["421 too many connections"]),
        ("CONNECT", ["554 no service here"]),
    ],
)
async def test_a_server_that_does_not_let_us_in_says_nothing_about_the_mail(
    room: MailerFixture, stage: Stage, answers: list[str]
) -> None:
    await _new_connections(room)
    request = email_request()
    room.smtp.answer_next(stage, *answers)

    await room.ask(request)
    await room.delivered(request)

    assert (await room.entry(request))["attempts"] == 1


@pytest.mark.parametrize("answer", [HANG_UP, "421 you said nothing for long", "451 4.4.2 idle for too long"])
async def test_a_server_that_hung_up_on_an_idle_connection_is_asked_again_at_once_and_no_attempt_counted(
    room: MailerFixture, answer: str
) -> None:
    before = email_request()
    await room.ask(before)
    await room.delivered(before)
    request = email_request()
    room.smtp.answer_next("MAIL", answer)

    await room.ask(request)
    await room.delivered(request)

    entry = await room.entry(request)
    assert (entry["attempts"], entry["last_error"]) == (1, None)


async def test_one_connection_takes_mail_after_mail_without_noop(
    room: MailerFixture,
) -> None:
    await _new_connections(room)
    connections, asked = room.smtp.connections, room.smtp.commands["NOOP"]
    for _ in range(5):
        request = email_request()
        await room.ask(request)
        await room.delivered(request)

    assert room.smtp.connections == connections + 1
    assert room.smtp.commands["NOOP"] == asked


async def _new_connections(room: MailerFixture) -> None:
    """Makes the mailer greet the server anew: what was idle is gone."""
    await room.smtp.stop()
    await room.smtp.start()


async def test_a_mail_that_can_not_be_written_has_failed_and_stops_no_other(room: MailerFixture) -> None:
    hopeless = email_request(email="not an address")
    good = email_request()

    await room.ask(hopeless, good)

    entry = await room.became(hopeless, "failed")
    assert "could not be built" in entry["last_error"]
    await room.delivered(good)


async def test_one_refused_recipient_holds_up_nobody_else(room: MailerFixture) -> None:
    refused, *others = [email_request() for _ in range(8)]
    room.smtp.answers[address_of(refused)] = "550 no such user"

    await room.ask(refused, *others)

    await room.became(refused, "failed")
    for request in others:
        await room.delivered(request)


async def test_an_address_that_does_not_exist_is_written_to_once(room: MailerFixture) -> None:
    first = email_request()
    address, organisation = address_of(first), first.organisation_id
    room.smtp.answers[address] = "550 5.1.1 no such user"
    await room.ask(first)
    await room.became(first, "failed")

    second = email_request(email=address.upper(), organisation_id=organisation)
    await room.ask(second)

    entry = await room.became(second, "suppressed")
    assert entry["last_error"] == "address_suppressed"
    assert sum(times for tried, times in room.smtp.tried.items() if tried.lower() == address) == 1
    suppression = await room.mailer.db["suppressions"].find_one({"address": address})
    assert suppression is not None
    assert (suppression["reason"], suppression["added_by"], suppression["active"]) == ("permanent_failure", None, True)


async def test_while_the_server_refuses_all_mails_the_reason_is_stored_for_the_outbox_until_it_takes_one(
    room: MailerFixture,
) -> None:
    await _new_connections(room)
    room.smtp.answer_next("MAIL", *["535 5.7.8 credentials invalid"] * 3)
    request = email_request()
    outages = room.mailer.db["smtp_server"]

    async def outage_is_stored() -> None:
        stored = await outages.find_one({})
        assert stored is not None
        assert stored["reason"] == "535 5.7.8 credentials invalid"
        assert stored["pause_seconds"] >= 1, "the pause grows"
        assert REGISTRY.get_sample_value("helpdesk_mail_server_unavailable") == 1

    await room.ask(request)
    await eventually(outage_is_stored)
    await room.delivered(request)

    assert await outages.find_one({}) is None
    assert REGISTRY.get_sample_value("helpdesk_mail_server_unavailable") == 0
    assert (await room.entry(request))["attempts"] == 1


async def no_outage(room: MailerFixture) -> None:
    assert await room.mailer.db["smtp_server"].find_one({}) is None


async def test_a_lost_answer_leaves_no_outage_behind_though_no_other_mail_follows(room: MailerFixture) -> None:
    request = email_request()
    room.smtp.answer_next("CONTENT", HANG_UP)

    await room.ask(request)
    await room.became(request, "unknown")

    await eventually(lambda: no_outage(room))


async def test_an_outage_is_over_when_the_only_mail_that_waited_is_not_to_be_sent(room: MailerFixture) -> None:
    request = email_request()
    await room.smtp.stop()
    await room.ask(request)
    await room.until(request, lambda entry: entry["last_error"] is not None)
    suppression = Suppression.initial(request.organisation_id, address_of(request), None)
    suppression.add(suppression.email, "gone", None)
    await suppression.commit()

    await room.became(request, "suppressed")

    await eventually(lambda: no_outage(room))
    await room.smtp.start()


async def test_a_mail_that_alone_is_refused_as_if_the_server_were_away_fails_and_holds_up_nobody_else(
    room: MailerFixture,
) -> None:
    refused = email_request()
    room.smtp.answers[address_of(refused)] = "451 4.3.0 filter crashed"
    await room.ask(refused)

    async def has_failed_while_others_are_sent() -> None:
        other = email_request()
        await room.ask(other)
        await room.delivered(other)
        assert (await room.entry(refused))["status"] == "failed"

    await eventually(has_failed_while_others_are_sent)
    assert (await room.entry(refused))["attempts"] == 3
