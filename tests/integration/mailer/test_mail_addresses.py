"""The suppression list, the limits of domains and the outbox know every spelling of an address."""

import pytest

from mailer.rendering.message import OutgoingMessage
from mailer.sending.classification import PermanentFailure
from mailer.sending.smtp import SmtpServer
from mailer.settings import MailerSettings
from tests.integration.mailer.conftest import Office
from tests.integration.mailer.test_outbox import requested_mail
from tests.integration.mailer.test_suppressions import suppress
from tests.support.desk import ok, problem
from tests.support.mailer_fixture import MailerFixture, email_request, part
from tests.support.services import Installation
from tests.support.smtp import recording_smtp

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.mark.parametrize(
    ("listed", "recipient"),
    [
        ("a@xn--bcher-kva.example", "a@bücher.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@helpdesk.example", "A@ｈelpdesk.example"),
    ],
)
async def test_a_suppressed_address_gets_no_mail_by_another_spelling(
    office: Office, listed: str, recipient: str
) -> None:
    await suppress(office, listed)
    request = requested_mail(office, email=recipient)

    await office.room.ask(request)

    entry = await office.room.until(request, lambda entry: entry["status"] in {"sent", "suppressed"})
    assert entry["status"] == "suppressed"
    again = await office.ask("POST", "/suppressions", json={"email": recipient})
    problem(again, 409, "already_suppressed")


async def test_spellings_of_one_domain_share_its_limit_and_the_filter_finds_them(office: Office) -> None:
    request = requested_mail(office, email="limits@BÜCHER.example")

    await office.room.ask(request)

    entry = await office.room.became(request, "sent")
    assert entry["domain"] == "xn--bcher-kva.example"
    for spelling in ("limits@bücher.example", "LIMITS@xn--bcher-kva.example"):
        found = ok(await office.ask("GET", "/outbox", params={"recipient": spelling}))["items"]
        assert [each["id"] for each in found] == [str(entry["_id"])]


async def test_a_mail_that_the_server_cannot_take_fails_with_the_reason(shared_installation: Installation) -> None:
    async with recording_smtp() as smtp:
        smtp.supports_smtputf8 = False
        settings = shared_installation.settings("mailer", smtp_host="127.0.0.1", smtp_port=smtp.port)
        assert isinstance(settings, MailerSettings)
        server = SmtpServer(settings)
        message = OutgoingMessage("support@example.com", "jürgen@example.com", b"Subject: Printer\r\n\r\nHello\r\n")

        async def begin_data() -> bool:
            raise AssertionError("the recipient is refused before DATA")

        outcome = await server.send(message, begin_data)
        await server.close()

    assert isinstance(outcome, PermanentFailure)
    assert "does not support SMTPUTF8" in outcome.reason
    assert smtp.raw == []


async def test_a_mail_to_a_local_part_that_is_not_ascii_arrives(room: MailerFixture) -> None:
    request = email_request(email="jürgen@example.com", name="Jürgen")

    await room.ask(request)
    await room.became(request, "sent")

    [message] = room.smtp.to("jürgen@example.com")
    assert room.smtp.tried["jürgen@example.com"] == 1
    assert message["To"].addresses[0].display_name == "Jürgen"
    assert "Jürgen" in part(message, "plain")
