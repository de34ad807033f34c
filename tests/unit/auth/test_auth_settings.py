"""A setting of auth that makes an installation unsafe stops the service."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from auth.settings import AuthSettings
from tests.support.services import LINK_PUBLIC_KEY, MASTER_KEY

GIVEN: dict[str, Any] = {
    "public_url": "https://desk.example.com",
    "mongo_url": SecretStr("mongodb://localhost/auth"),
    "nats_user": "auth",
    "nats_password": SecretStr("not used here"),
    "master_key": MASTER_KEY,
    "link_public_key": LINK_PUBLIC_KEY,
    "secure_cookies": False,
}


def test_cookies_without_tls_are_refused_in_production() -> None:
    with pytest.raises(ValidationError, match="secure_cookies can only be switched off in a local stack"):
        AuthSettings(**GIVEN, environment="production")


def test_cookies_without_tls_are_possible_in_a_local_stack() -> None:
    assert AuthSettings(**GIVEN, environment="local").secure_cookies is False
