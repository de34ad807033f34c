"""Mails with links that nobody could use any more are not sent; a mail is signed."""

from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from common import clock
from common.events.auth import SecretLinkIssued
from common.ids import new_id
from common.messaging.dead_letter import DeadLetters
from common.secret_links import LinkEncryptor, public_key_of
from tests.integration.mailer.conftest import Office
from tests.integration.mailer.test_outbox import id_of
from tests.support.desk import problem
from tests.support.mailer_fixture import MailerFixture, address_of, email_request, link_request, mail_id_of
from tests.support.messaging import envelope_of
from tests.support.services import Installation, random_key
from tests.support.smtp import RecordingSmtp
from tests.unit.mailer.test_dkim import record_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "kY3-this-opens-an-account-Zq9"


def soon(seconds: float = 3600) -> Any:
    return clock.now() + timedelta(seconds=seconds)


async def test_a_mail_whose_link_has_expired_is_not_sent_and_not_sent_again(office: Office) -> None:
    request = link_request("password_reset", SECRET, soon(-1), organisation_id=office.admin.organisation_id)

    await office.room.ask(request)

    entry = await office.room.became(request, "suppressed")
    assert (entry["last_error"], entry["attempts"]) == ("link_expired", 0)
    [said] = await office.room.events(request)
    assert (said.action, said.data["reason"]) == ("email.suppressed", "link_expired")
    assert office.room.smtp.tried[address_of(request)] == 0
    problem(await office.ask("POST", f"/outbox/{id_of(request)}/retry"), 409, "link_expired")


async def test_a_mail_that_waited_too_long_for_the_server_is_not_sent_either(room: MailerFixture) -> None:
    request = link_request("password_reset", SECRET, soon(3))
    await room.smtp.stop()
    await room.ask(request)

    await room.until(request, lambda entry: entry["last_error"] is not None)
    await room.until(request, lambda entry: entry["expires_at"] < clock.now())
    await room.smtp.start()

    await room.became(request, "suppressed")
    assert room.smtp.tried[address_of(request)] == 0


async def test_a_link_that_is_altered_or_moved_to_another_email_becomes_a_dead_letter(room: MailerFixture) -> None:
    other = LinkEncryptor(public_key_of(random_key().get_secret_value()))
    link = link_request("password_reset", SECRET, soon())
    moved = envelope_of(SecretLinkIssued.model_validate(link.data), organisation_id=link.organisation_id)
    refused = {
        "another key": link_request("password_reset", SECRET, soon(), encryptor=other),
        "another purpose": link_request("password_reset", SECRET, soon(), purpose="invitation"),
        "another expiry": link_request("password_reset", SECRET, soon(), expires_at=soon(7200)),
        "another person": moved,
        "another organisation": link.model_copy(update={"organisation_id": new_id()}),
        "no link": link_request("password_reset", SECRET, soon(), sealed_link="AAAA"),
        "no purpose of a link": email_request("password_reset"),
    }

    await room.ask(*refused.values())
    await room.settle()

    ids = [mail_id_of(each) for each in refused.values()]
    assert await room.mailer.db["mails"].count_documents({"_id": {"$in": ids}}) == 0
    async with room.installation.connected("mailer") as broker:
        reasons = [letter.reason async for letter in DeadLetters(broker, "mailer").list()]
    assert len(reasons) == len(refused)
    assert not any(SECRET in reason for reason in reasons)


async def test_a_stored_mail_that_is_changed_afterwards_takes_no_link_to_another_address(room: MailerFixture) -> None:
    request = link_request("password_reset", SECRET, soon())
    thief = f"evil@{new_id()}.example"
    await room.smtp.stop()
    await room.ask(request)
    await room.until(request, lambda entry: entry["last_error"] is not None)

    changed = {"recipient.email": thief, "address": thief, "context": {"ip": None}}
    await room.mailer.db["mails"].update_one({"_id": mail_id_of(request)}, {"$set": changed})
    await room.smtp.start()

    await room.became(request, "sent")
    assert room.smtp.to(thief) == []
    assert len(room.smtp.to(address_of(request))) == 1


async def signed_mail(installation: Installation, smtp: RecordingSmtp, key_file: Path) -> bytes:
    """A mail as a server received it from a mailer that signs."""
    where: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port}
    async with installation.run("mailer", dkim_key_file=key_file, dkim_selector="s1", **where) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        request = email_request("replied", locale="de", body="ä" * 200 + "\n.\n..x  \n\n", unsubscribe_token="t" * 200)
        await room.ask(request)
        message: EmailMessage = await room.delivered(request)
        assert message["DKIM-Signature"] is not None
        return smtp.raw[-1]


@pytest.mark.asyncio(loop_scope="function")
async def test_a_mail_that_a_server_received_is_verified_by_its_signature(
    installation: Installation, smtp: RecordingSmtp, tmp_path: Path
) -> None:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path / "dkim.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    raw = await signed_mail(installation, smtp, file)

    def dns(name: bytes, timeout: float = 5) -> bytes:
        assert name == b"s1._domainkey.helpdesk.example."
        return record_of(key)

    assert dkim.verify(raw, dnsfunc=dns)
    assert not dkim.verify(raw.replace(b"Alex", b"Eve "), dnsfunc=dns)
