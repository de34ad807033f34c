"""Settings of every service, from environment variables only: `HELPDESK_` and the name in capitals.

Nothing secret has a default. A value that would make an installation unsafe stops the service before it opens a port.
"""

import base64
import binascii
import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


def _comma_separated(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


CommaSeparated = BeforeValidator(_comma_separated)


DEVELOPMENT = "dev-only"
"""Part of every development secret in the repository. These are public, so production refuses them."""

_ORIGIN = re.compile(r"(https?)://([a-z0-9._-]+|\[[0-9a-f:]+])(:[0-9]{1,5})?")


def _origin(value: str) -> str:
    """The form that browsers send (RFC 6454 section 6.2); no other form would ever match."""
    match = _ORIGIN.fullmatch(value)
    if match is None or (match[1], match[3]) in {("http", ":80"), ("https", ":443")}:
        raise ValueError("must be an origin such as https://desk.example.com, in lower case, without the default port")
    return value


Origin = Annotated[str, AfterValidator(_origin)]


def strong_key(value: SecretStr) -> SecretStr:
    """32 random bytes in base64url. Refuses short keys and keys with few distinct bytes, which were typed by hand."""
    try:
        raw = base64.urlsafe_b64decode(value.get_secret_value())
    except (binascii.Error, ValueError):
        raise ValueError("must be base64url of 32 random bytes") from None
    if len(raw) != 32 or len(set(raw)) < 12:
        raise ValueError("must be base64url of 32 random bytes; this one is short or not random")
    return value


SecretKey = Annotated[SecretStr, AfterValidator(strong_key)]
SecretKeys = Annotated[list[SecretKey], NoDecode, CommaSeparated]
"""To rotate, put the new key first and drop the old one later."""


class Settings(BaseSettings):
    """The settings all services have in common. Times are in seconds."""

    model_config = SettingsConfigDict(
        env_prefix="HELPDESK_",
        extra="ignore",
        hide_input_in_errors=True,  # the error is logged, and the input may be a secret
    )

    environment: Literal["local", "test", "production"] = "production"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    http_host: str = "0.0.0.0"  # noqa: S104 - a container listens on its own network
    http_port: int = 8000
    public_url: str = "http://localhost:8080"
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    """How many proxies each request passes, each of which appends to X-Forwarded-For. 0 ignores the header."""
    cors_origins: Annotated[list[Origin], NoDecode, CommaSeparated] = []
    """Other origins that may call the API from a browser, with the refresh cookie."""
    rate_limits: Annotated[bool, BeforeValidator(lambda value: {"on": True, "off": False}.get(value, value))] = True

    mongo_url: SecretStr
    """With credentials, the replica set's name and the service's own database as path."""
    database_seconds: float = Field(default=1.3, gt=1)
    """Timeout of one database operation; after it a request is answered 503. PyMongo checks its timeout twice a second,
    so the default gives a response within two seconds."""

    nats_url: str = "nats://localhost:4222"
    nats_user: str
    nats_password: SecretStr
    consumer_concurrency: int = Field(default=32, ge=1)
    retry_delays: Annotated[list[float], NoDecode, CommaSeparated] = [0.5, 1, 2, 5, 15, 30, 60, 120]
    """Delays after each failure of an event's handler; after the last one the event becomes a dead letter."""
    lease_seconds: float = Field(default=5, ge=1)
    """How long a killed replica blocks the relay of the others."""

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if not self.rate_limits and self.environment == "production":
            raise ValueError("rate_limits can only be switched off in a local stack (HELPDESK_ENVIRONMENT=local)")
        if self.environment == "production" and not self.public_url.startswith("https://"):
            raise ValueError("public_url must be https: passwords and cookies travel over it")
        if self.environment == "production" and any(origin.startswith("http:") for origin in self.cors_origins):
            raise ValueError("cors_origins must be https: whoever can alter a page on its way could act for its reader")
        if self.environment == "production" and (known := self._known_to_everybody()):
            raise ValueError(f"{', '.join(known)}: left at the value for development, which is public; make your own")
        return self

    def _known_to_everybody(self) -> list[str]:
        return [
            name
            for name, value in self
            for secret in (value if isinstance(value, list) else [value])
            if isinstance(secret, SecretStr) and DEVELOPMENT in secret.get_secret_value()
        ]
