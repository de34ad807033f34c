"""An unsafe or misspelt setting stops the service, and no secret is ever shown."""

import base64
import secrets
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AfterValidator, SecretStr, ValidationError

from common.settings import Settings, strong_key

STRONG = base64.urlsafe_b64encode(bytes(range(32))).decode()
WORD = "hunter2-is-not-shown"
GIVEN = {
    "HELPDESK_MONGO_URL": f"mongodb://auth:{WORD}@localhost/auth",
    "HELPDESK_NATS_USER": "auth",
    "HELPDESK_NATS_PASSWORD": WORD,
    "HELPDESK_PUBLIC_URL": "https://desk.example.com",
}


class Keyed(Settings):
    """Settings with a key, as auth has them."""

    master_key: Annotated[SecretStr, AfterValidator(strong_key)]


@pytest.fixture(autouse=True)
def _given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)


def settings() -> Settings:
    return Settings()


def keyed() -> Keyed:
    return Keyed()


@pytest.mark.parametrize("name", ["HELPDESK_MONGO_URL", "HELPDESK_NATS_USER", "HELPDESK_NATS_PASSWORD"])
def test_credentials_have_no_default(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ValidationError, match=name.removeprefix("HELPDESK_").lower()):
        settings()


def test_an_installation_is_in_production_and_limited_unless_told_otherwise() -> None:
    assert settings().environment == "production"
    assert settings().rate_limits is True


@pytest.mark.parametrize("name", ["HELPDESK_MONGO_URL", "HELPDESK_NATS_PASSWORD", "HELPDESK_MASTER_KEY"])
def test_a_secret_that_is_in_the_repository_can_not_be_used_in_production(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HELPDESK_MASTER_KEY", STRONG)
    public = "dev-only-dev-only-abcdefghijklmnopqrstuvwxy="
    monkeypatch.setenv(name, f"mongodb://auth:{public}@localhost/auth" if name.endswith("URL") else public)
    with pytest.raises(ValidationError, match="left at the value for development") as refused:
        keyed()
    assert public not in str(refused.value)
    monkeypatch.setenv("HELPDESK_ENVIRONMENT", "local")
    keyed()


@pytest.mark.parametrize("url", ["http://desk.example.com", "http://localhost:8080"])
def test_production_needs_a_public_url_over_https(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_PUBLIC_URL", url)
    with pytest.raises(ValidationError, match="public_url must be https"):
        settings()
    monkeypatch.setenv("HELPDESK_ENVIRONMENT", "local")
    assert settings().public_url == url


def test_rate_limits_can_not_be_off_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_RATE_LIMITS", "off")
    with pytest.raises(ValidationError, match="rate_limits"):
        settings()


@pytest.mark.parametrize("environment", ["local", "test"])
def test_rate_limits_can_be_off_in_a_local_stack(environment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_RATE_LIMITS", "off")
    monkeypatch.setenv("HELPDESK_ENVIRONMENT", environment)
    assert settings().rate_limits is False


def test_rate_limits_can_be_on_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_RATE_LIMITS", "on")
    assert settings().rate_limits is True


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_CORS_ORIGINS", " https://desk.example.com, https://shop.example.com ,")
    monkeypatch.setenv("HELPDESK_RETRY_DELAYS", "0.5, 1,2")
    assert settings().cors_origins == ["https://desk.example.com", "https://shop.example.com"]
    assert settings().retry_delays == [0.5, 1.0, 2.0]


def test_an_empty_list_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_CORS_ORIGINS", "")
    assert settings().cors_origins == []


def test_no_proxy_is_trusted_unless_their_number_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings().trusted_proxies == 0
    monkeypatch.setenv("HELPDESK_TRUSTED_PROXIES", "2")
    assert settings().trusted_proxies == 2


@pytest.mark.parametrize("number", ["-1", "10.0.0.0/8", "everybody", "11"])
def test_a_number_of_proxies_that_is_none_is_refused(number: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_TRUSTED_PROXIES", number)
    with pytest.raises(ValidationError):
        settings()


ORIGINS = ["https://desk.example.com", "http://localhost:5173", "https://[::1]:3000"]


def test_pages_of_no_other_origin_are_let_in_unless_they_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert settings().cors_origins == []
    monkeypatch.setenv("HELPDESK_ENVIRONMENT", "local")
    monkeypatch.setenv("HELPDESK_CORS_ORIGINS", ", ".join(ORIGINS))
    assert settings().cors_origins == ORIGINS


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https://*.example.com",
        "null",
        "desk.example.com",
        "https://desk.example.com/",
        "https://desk.example.com/page",
        "https://Desk.example.com",
        "https://desk.example.com:443",
        "https://casey@desk.example.com",
        "ftp://desk.example.com",
        "https://",
    ],
)
def test_what_no_browser_sends_as_an_origin_is_refused(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_CORS_ORIGINS", origin)
    with pytest.raises(ValidationError, match="cors_origins"):
        settings()


def test_in_production_pages_of_other_origins_must_come_over_https(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_CORS_ORIGINS", "http://desk.example.com")
    with pytest.raises(ValidationError, match="https"):
        settings()


@given(st.binary(min_size=32, max_size=32).filter(lambda raw: len(set(raw)) >= 12))
def test_a_key_of_32_random_bytes_is_accepted(raw: bytes) -> None:
    key = SecretStr(base64.urlsafe_b64encode(raw).decode())
    assert strong_key(key) is key


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "secret",
        "change-me-change-me-change-me-change-me-ch",
        base64.urlsafe_b64encode(b"a" * 32).decode(),
        base64.urlsafe_b64encode(b"abcabcabcabcabcabcabcabcabcabcab").decode(),
        base64.urlsafe_b64encode(bytes(range(31))).decode(),
        base64.urlsafe_b64encode(bytes(range(33))).decode(),
        "é" * 44,
    ],
)
def test_a_weak_key_stops_the_service(weak: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_MASTER_KEY", weak)
    with pytest.raises(ValidationError, match="32 random bytes"):
        keyed()


def test_secrets_are_in_no_text_of_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    monkeypatch.setenv("HELPDESK_MASTER_KEY", key)
    made = keyed()
    for text in (repr(made), str(made), made.model_dump_json()):
        assert WORD not in text
        assert key not in text


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("HELPDESK_MASTER_KEY", WORD),
        ("HELPDESK_RATE_LIMITS", "off"),
        ("HELPDESK_HTTP_PORT", "none"),
    ],
)
def test_no_error_shows_a_secret(name: str, wrong: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HELPDESK_MASTER_KEY", STRONG)
    monkeypatch.setenv(name, wrong)
    with pytest.raises(ValidationError) as caught:
        keyed()
    for text in (str(caught.value), repr(caught.value)):
        assert WORD not in text
        assert STRONG not in text
