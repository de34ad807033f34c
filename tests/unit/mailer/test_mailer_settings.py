"""What mailer can be told, and what it refuses to begin with."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from mailer.settings import MailerSettings
from tests.support.services import random_key

GIVEN: dict[str, Any] = {
    "mongo_url": SecretStr("mongodb://localhost/mailer"),
    "nats_user": "mailer",
    "nats_password": SecretStr("password"),
    "public_url": "https://desk.example.com",
    "mail_from": "Helpdesk <support@example.com>",
    "link_private_keys": [random_key()],
}


def test_encryption_is_asked_for_unless_somebody_says_otherwise() -> None:
    assert MailerSettings(**GIVEN).smtp_tls == "starttls"


def test_addresses_for_answers_that_anybody_could_make_up_are_refused() -> None:
    with pytest.raises(ValidationError, match="mail_reply_keys"):
        MailerSettings(**GIVEN, mail_reply_domain="in.example.com")
    assert MailerSettings(**GIVEN, mail_reply_domain="in.example.com", mail_reply_keys=[random_key()])


@pytest.mark.parametrize(
    "wrong", [{"link_private_keys": []}, {"mail_from": "nobody"}, {"mail_reply_keys": [SecretStr("x")]}]
)
def test_what_would_not_work_or_not_be_safe_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        MailerSettings(**{**GIVEN, **wrong})
