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
from common.sealed import SecretCipher
from tests.integration.mailer.conftest import Office
from tests.integration.mailer.test_outbox import id_of, requested_mail
from tests.support.desk import problem
from tests.support.mailer_fixture import MailerFixture, address_of, email_request
from tests.support.services import SEALING_KEY, Installation, random_key
from tests.support.smtp import RecordingSmtp
from tests.unit.mailer.test_dkim import record_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

SECRET = "kY3-this-opens-an-account-Zq9"
SEAL = SecretCipher([SEALING_KEY.get_secret_value()])


def soon(seconds: float = 3600) -> Any:
    return clock.now() + timedelta(seconds=seconds)


async def test_a_mail_whose_link_has_expired_is_not_sent_and_not_sent_again(office: Office) -> None:
    request = requested_mail(office, "password_reset", sealed_token=SEAL.encrypt(SECRET), expires_at=soon(-1))

    await office.room.ask(request)

    entry = await office.room.became(request, "suppressed")
    assert (entry["last_error"], entry["attempts"]) == ("link_expired", 0)
    [said] = await office.room.events(request)
    assert (said.action, said.data["reason"]) == ("email.suppressed", "link_expired")
    assert office.room.smtp.tried[address_of(request)] == 0
    problem(await office.ask("POST", f"/outbox/{id_of(request)}/retry"), 409, "link_expired")


async def test_a_mail_that_waited_too_long_for_the_server_is_not_sent_either(room: MailerFixture) -> None:
    request = email_request("password_reset", sealed_token=SEAL.encrypt(SECRET), expires_at=soon(3))
    await room.smtp.stop()
    await room.ask(request)

    await room.until(request, lambda entry: entry["last_error"] is not None)
    await room.until(request, lambda entry: entry["expires_at"] < clock.now())
    await room.smtp.start()

    await room.became(request, "suppressed")
    assert room.smtp.tried[address_of(request)] == 0


async def test_a_secret_sealed_with_another_key_makes_a_mail_that_cannot_be_written(
    room: MailerFixture,
) -> None:
    other = SecretCipher([random_key().get_secret_value()])
    request = email_request("password_reset", sealed_token=other.encrypt(SECRET), expires_at=soon())

    await room.ask(request)

    entry = await room.became(request, "failed")
    assert "could not be built: DecryptionError" in entry["last_error"]


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
