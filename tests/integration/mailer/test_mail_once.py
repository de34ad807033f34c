"""One mail for each that was asked for: however often it is asked for, and however many mailers there are."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.ids import derived_id
from mailer.mail.document import Mail
from tests.support.eventually import eventually
from tests.support.mailer_fixture import MailerFixture, address_of, email_request
from tests.support.services import Installation
from tests.support.settled import wait_until_settled
from tests.support.smtp import RecordingSmtp


async def test_one_mail_is_sent_however_often_its_event_is_delivered(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        request = email_request()
        await room.ask(request)
        await room.delivered(request)

        for _ in range(3):
            await room.ask_again(request)
        await wait_until_settled(installation, mailer)

        # What is asked for afterwards has gone: so would have a second one.
        later = email_request()
        await room.ask(later)
        await room.delivered(later)
        assert smtp.times_seen() == {f"<{each.aggregate_id}@helpdesk.example>": 1 for each in (request, later)}
        assert await mailer.db["mails"].count_documents({}) == 2
        assert len(await room.events(request)) == 1


async def test_two_mailers_at_once_send_each_mail_once(installation: Installation, smtp: RecordingSmtp) -> None:
    settings: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port}
    requests = [email_request() for _ in range(40)]
    async with installation.run("mailer", **settings) as one, installation.run("mailer", **settings) as other:
        room = MailerFixture(installation, one, smtp)
        await room.ask(*requests)
        await asyncio.gather(*(room.ask_again(request) for request in requests[:10]))
        for request in requests:
            await room.became(request, "sent")
        await wait_until_settled(installation, one, other)

    assert smtp.times_seen() == {f"<{request.aggregate_id}@helpdesk.example>": 1 for request in requests}


async def test_a_mail_that_a_killed_mailer_was_sending_is_sent_by_the_next(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    request = email_request()
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        await MailerFixture(installation, mailer, smtp).ask(request)
        await MailerFixture(installation, mailer, smtp).became(request, "sent")
        smtp.messages.clear()
        claimed = {"_id": derived_id("mail", request.aggregate_id)}
        claim_over = {"status": "sending", "attempts": 0, "due_at": clock.now() + timedelta(milliseconds=200)}
        await mailer.db["mails"].update_one(claimed, {"$set": claim_over, "$inc": {"version": 1}})

        mail = await MailerFixture(installation, mailer, smtp).delivered(request)

        assert mail["Message-ID"] == f"<{request.aggregate_id}@helpdesk.example>"


async def test_while_the_server_is_down_mails_wait_without_an_attempt_and_go_when_it_is_up_again(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    await smtp.stop()
    requests = [email_request() for _ in range(6)]
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port, mail_retry_delays=[]) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        await room.ask(*requests)

        async def tried_in_vain() -> None:
            for request in requests:
                entry = await room.entry(request)
                assert entry["last_error"] is not None
                assert (entry["status"], entry["attempts"]) == ("queued", 0)

        await eventually(tried_in_vain)
        await smtp.start()

        for request in requests:
            await room.delivered(request)
            assert (await room.entry(request))["attempts"] == 1
        assert sorted(smtp.times_seen().values()) == [1] * 6
        assert {str(message["To"]) for message in smtp.messages} == {
            f"Casey Customer <{address_of(request)}>" for request in requests
        }


async def test_what_waited_while_no_mailer_ran_goes_when_one_starts(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    await smtp.stop()
    request = email_request()
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        await room.ask(request)
        await eventually(lambda: room.entry(request))
    await smtp.start()

    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        await MailerFixture(installation, mailer, smtp).delivered(request)
    assert sum(smtp.times_seen().values()) == 1


async def test_what_is_being_taken_down_while_the_mailer_stops_goes_before_it_is_gone(
    installation: Installation, smtp: RecordingSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = email_request()
    commit, begun = Mail.commit, asyncio.Event()

    async def once_the_sender_has_to_stop(mail: Mail) -> Mail:
        begun.set()
        [sender] = [task for task in asyncio.all_tasks() if task.get_name() == "sender"]

        async def has_to_stop() -> None:
            assert sender.cancelling()

        await eventually(has_to_stop)
        monkeypatch.undo()
        return await commit(mail)

    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        await wait_until_settled(installation, mailer)
        monkeypatch.setattr(Mail, "commit", once_the_sender_has_to_stop)
        await MailerFixture(installation, mailer, smtp).ask(request)
        await begun.wait()

    assert smtp.times_seen() == {f"<{request.aggregate_id}@helpdesk.example>": 1}
