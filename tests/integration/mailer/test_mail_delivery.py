"""What becomes of a mail the server does not take at once."""

import pytest

from tests.support.mailer_fixture import MailerFixture, address_of, email_request
from tests.support.smtp import HANG_UP, Stage

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("stage", "answer"),
    [
        ("MAIL", "451 local error"),
        ("RCPT", "450 mailbox busy"),
        ("DATA", "452 disk full"),
        ("CONTENT", "452 disk full"),
        ("MAIL", HANG_UP),
        ("RCPT", HANG_UP),
        ("DATA", HANG_UP),
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


async def test_a_connection_cut_after_the_mail_was_given_is_a_refusal_for_now_and_the_mail_the_same(
    room: MailerFixture,
) -> None:
    request = email_request()
    room.smtp.answer_next("CONTENT", HANG_UP)

    await room.ask(request)
    entry = await room.became(request, "sent")

    assert entry["attempts"] == 2
    first, second = room.smtp.to(address_of(request))
    assert first["Message-ID"] == second["Message-ID"] == f"<{request.aggregate_id}@helpdesk.example>"
    before, after = (raw for raw in room.smtp.raw if address_of(request).encode() in raw)
    assert before == after


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
    [("MAIL", "550 who are you"), ("RCPT", "550 no such user"), ("DATA", "554 no"), ("CONTENT", "554 this is spam")],
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


@pytest.mark.parametrize("answer", [HANG_UP, "421 you said nothing for long"])
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
