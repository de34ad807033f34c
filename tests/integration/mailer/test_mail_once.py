"""One mail for each that was asked for: however often it is asked for, and however many mailers there are."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from common import clock
from common.ids import new_id
from mailer.mail.document import Mail
from tests.support.eventually import eventually
from tests.support.mailer_fixture import MailerFixture, address_of, email_request, mail_id_of
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


async def test_each_mail_arrives_once_at_a_server_that_takes_nearly_all_of_every_time_limit(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    limit = 1.5
    settings: dict[str, Any] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "smtp_timeout_seconds": limit,
        "smtp_connections": 25,
    }
    smtp.delay_seconds = 0.9 * limit
    requests = [email_request() for _ in range(50)]
    async with installation.run("mailer", **settings) as one, installation.run("mailer", **settings):
        room = MailerFixture(installation, one, smtp)
        await room.ask(*requests)
        for request in requests:
            # On a busy machine an answer may come after the limit. Then nobody knows, and nobody sends it again.
            await room.until(request, lambda entry: entry["status"] in ("sent", "unknown"))
        sent = [entry["message_id"] async for entry in one.db["mails"].find({"status": "sent"})]

    seen = smtp.times_seen()
    assert set(sent) <= set(seen)
    assert max(seen.values()) == 1


async def test_a_mail_whose_content_a_killed_mailer_had_sent_is_unknown_and_not_sent_again_at_once(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    request = email_request()
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        await room.ask(request)
        await room.became(request, "sent")
        claim = {"by": new_id(), "data_begun": True}
        killed = {"status": "sending", "attempts": 0, "due_at": clock.now(), "sent_at": None, "claim": claim}
        await mailer.db["mails"].update_one({"_id": mail_id_of(request)}, {"$set": killed, "$inc": {"version": 1}})

        entry = await room.became(request, "unknown")

        assert entry["due_at"] - clock.now() > timedelta(hours=3.9)
        assert "the sender stopped" in entry["last_error"]
        assert smtp.times_seen() == {f"<{request.aggregate_id}@helpdesk.example>": 1}


async def test_an_acceptance_is_recorded_by_a_sender_that_lost_its_claim_meanwhile(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    request = email_request()
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        smtp.delay_seconds = 0.3
        await room.ask(request)
        await room.until(request, lambda entry: entry["claim"] is not None and entry["claim"]["data_begun"])
        overdue = {"$set": {"due_at": clock.now() - timedelta(seconds=1)}}
        await mailer.db["mails"].update_one({"_id": mail_id_of(request)}, overdue)
        other = await Mail.claim_next(new_id(), 60)
        assert other is not None
        other.mark_unknown("its sender was not heard of", clock.now() + timedelta(hours=4))
        await other.commit()

        entry = await room.became(request, "sent")

        assert entry["due_at"] is None
        assert smtp.times_seen() == {f"<{request.aggregate_id}@helpdesk.example>": 1}


async def test_a_sender_that_lost_its_claim_before_the_content_does_not_send_it(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    request = email_request()
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        smtp.delay_seconds = 0.3
        await room.ask(request)

        async def recipient_is_named() -> None:
            assert smtp.tried[address_of(request)] == 1

        await eventually(recipient_is_named)
        overdue = {"$set": {"due_at": clock.now() - timedelta(seconds=1)}}
        await mailer.db["mails"].update_one({"_id": mail_id_of(request)}, overdue)
        assert await Mail.claim_next(new_id(), 60) is not None
        later = email_request()
        await room.ask(later)
        await room.became(later, "sent")

        assert smtp.to(address_of(request)) == []
        assert (await room.entry(request))["status"] == "sending"


async def test_a_mail_that_a_killed_mailer_was_sending_is_sent_by_the_next(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    request = email_request()
    async with installation.run("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port) as mailer:
        await MailerFixture(installation, mailer, smtp).ask(request)
        await MailerFixture(installation, mailer, smtp).became(request, "sent")
        smtp.messages.clear()
        claimed = {"_id": mail_id_of(request)}
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
