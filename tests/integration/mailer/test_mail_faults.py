"""Servers that are slow, and servers that can not prove who they are."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from structlog.typing import EventDict

from mailer.sending import sender
from tests.support.certificates import Certificates, make_certificates
from tests.support.eventually import eventually
from tests.support.mailer_fixture import MailerFixture, address_of, email_request
from tests.support.services import Installation
from tests.support.smtp import SAY_NOTHING, RecordingSmtp, Security, Stage, recording_smtp


@contextlib.asynccontextmanager
async def mail_room(installation: Installation, smtp: RecordingSmtp, **settings: Any) -> AsyncIterator[MailerFixture]:
    """With a mailer that gives up soon."""
    usual = {"smtp_timeout_seconds": 0.6, "mail_retry_delays": [0.05, 0.05], "smtp_connections": 1}
    where = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port}
    async with installation.run("mailer", **{**where, **usual, **settings}) as mailer:
        yield MailerFixture(installation, mailer, smtp)


@pytest.fixture
def certificates(tmp_path: Path) -> Certificates:
    return make_certificates(tmp_path)


async def test_a_server_that_falls_silent_is_given_up_and_the_mail_tried_again_as_the_same(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    stages: list[Stage] = ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"]
    async with mail_room(installation, smtp) as room:
        for stage in stages:
            await smtp.stop()
            await smtp.start()
            request = email_request()
            smtp.answer_next(stage, SAY_NOTHING)

            await room.ask(request)
            mail = await room.delivered(request)

            assert mail["Message-ID"] == f"<{request.aggregate_id}@helpdesk.example>"
            assert (await room.entry(request))["attempts"] == 1, stage


async def test_a_mail_that_found_no_connection_free_goes_when_one_is_without_being_looked_for(
    installation: Installation, smtp: RecordingSmtp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "POLL_SECONDS", 3600.0)
    async with mail_room(installation, smtp) as room:
        first, second = email_request(), email_request()
        smtp.answer_next("CONTENT", SAY_NOTHING)

        await room.ask(first, second)

        await room.delivered(second)


async def test_a_server_that_is_silent_after_the_content_leaves_the_mail_unknown_until_it_is_sent_once_more(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    async with mail_room(installation, smtp, mail_resend_seconds=0.5) as room:
        request = email_request()
        smtp.answer_next("CONTENT", SAY_NOTHING)

        await room.ask(request)
        unknown = await room.became(request, "unknown")
        mail = await room.delivered(request)

        assert "Timeout" in unknown["last_error"]
        assert mail["Message-ID"] == f"<{request.aggregate_id}@helpdesk.example>"
        assert (await room.entry(request))["attempts"] == 2


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_mail_goes_encrypted_to_a_server_that_proves_who_it_is(
    installation: Installation, certificates: Certificates, security: Security
) -> None:
    async with recording_smtp(security, certificates.server) as smtp:
        settings = {"smtp_tls": security, "smtp_ca_file": certificates.authority, "smtp_timeout_seconds": 10}
        async with mail_room(installation, smtp, **settings) as room:
            request = email_request()
            await room.ask(request)
            await room.delivered(request)


@pytest.mark.parametrize(
    ("offered", "required", "reason"),
    [
        ("starttls", "starttls", "CERTIFICATE_VERIFY_FAILED"),
        ("tls", "tls", "CERTIFICATE_VERIFY_FAILED"),
        ("none", "starttls", "STARTTLS"),
    ],
)
async def test_no_mail_is_given_to_a_server_without_encryption_or_proof_and_none_has_failed_for_it(
    installation: Installation, certificates: Certificates, offered: Security, required: Security, reason: str
) -> None:
    async with (
        recording_smtp(offered, certificates.server) as smtp,
        mail_room(installation, smtp, smtp_tls=required, smtp_timeout_seconds=10) as room,
    ):
        request = email_request()
        with capture_logs() as lines:
            await room.ask(request)
            await _waits(room, request, reason)
        assert smtp.tried[address_of(request)] == 0
    [warning] = warnings_in(lines)
    assert reason in warning["reason"].upper()


async def test_an_outage_of_the_server_is_one_warning_however_many_mails_wait(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    async with mail_room(installation, smtp) as room:
        first, second = email_request(), email_request()
        with capture_logs() as lines:
            await smtp.stop()
            await room.ask(first, second)
            for request in (first, second):
                await _waits(room, request, "")
            await smtp.start()
            for request in (first, second):
                await room.delivered(request)

        assert len(warnings_in(lines)) == 1
        await smtp.stop()
        third = email_request()
        with capture_logs() as lines:
            await room.ask(third)
            await _waits(room, third, "")
        assert len(warnings_in(lines)) == 1


def warnings_in(lines: Sequence[EventDict]) -> list[EventDict]:
    """Those about the SMTP server."""
    return [line for line in lines if line["log_level"] == "warning" and "SMTP server" in line["event"]]


async def test_a_password_the_server_does_not_know_is_said_in_the_ledger_and_not_shown_there(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    settings = {"smtp_username": "helpdesk", "smtp_password": SecretStr("hush-hush-42")}
    async with mail_room(installation, smtp, **settings) as room:
        request = email_request()
        await room.ask(request)
        entry = await _waits(room, request, "")
        assert "hush" not in str(entry)


async def _waits(room: MailerFixture, request: Any, why: str) -> dict[str, Any]:
    async def tried_in_vain() -> dict[str, Any]:
        entry = await room.entry(request)
        assert entry["last_error"] is not None
        assert why.upper() in entry["last_error"].upper()
        return entry

    entry = await eventually(tried_in_vain)
    assert (entry["status"] in ("queued", "sending"), entry["attempts"]) == (True, 0)
    return entry


async def test_a_mail_that_cannot_be_built_does_not_end_an_outage(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    await smtp.stop()
    waiting, hopeless = email_request(), email_request(email="not an address")
    async with mail_room(installation, smtp) as room:
        with capture_logs() as logs:
            await room.ask(waiting)
            await room.until(waiting, lambda entry: entry["last_error"] is not None)
            await room.ask(hopeless)
            await room.became(hopeless, "failed")

        assert "the SMTP server is available again" not in [line["event"] for line in logs]
