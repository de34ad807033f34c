"""The settings of auth."""

from datetime import timedelta
from typing import Self

from pydantic import Field, model_validator

from auth.domain.session_limits import SessionLimits
from common.settings import SecretKey, Settings


class AuthSettings(Settings):
    """Times are in seconds unless the name states another unit."""

    master_key: SecretKey
    """Encrypts the private signing keys and the TOTP keys at rest."""
    link_public_key: SecretKey
    """Encrypts the links inside events for mailer, which has the private key. It is no secret, but whoever replaces it
    receives the links."""
    refresh_token_seconds: int = 7 * 24 * 3600
    """A session ends when it was not refreshed for this long."""
    session_seconds: int = 30 * 24 * 3600
    """A session ends this long after the login, however often it is refreshed."""
    refresh_grace_seconds: int = 30
    """How long the previous refresh token is answered without another one: two tabs may refresh at the same time."""
    refresh_retry_seconds: int = 24 * 3600
    """How long the previous refresh token is accepted while its successor is unused: the answer may have been lost."""
    secure_cookies: bool = True
    """Browsers treat http://localhost as secure, so this also works there. Off for a local stack that is called without
    TLS from other machines."""
    password_hashing_cores: int = Field(default=2, ge=1)
    """The cores that hashing may use on one machine or in one container. Each hash at work takes 64 MiB."""
    password_hashing_processes: int = Field(default=1, ge=1)
    """How many processes of auth share these cores. 1 where each container has cores of its own."""
    password_hashing_wait_seconds: float = Field(default=2, gt=0, le=2)
    """How long a login may wait for hashing. One that would wait longer is answered 503 with `Retry-After`."""
    signing_key_days: float = Field(default=90, ge=0)
    """The age at which a signing key is replaced; 0 leaves that to `python -m auth rotate-signing-keys`."""
    signing_key_lead_seconds: float = Field(default=600, gt=0)
    """How long a new key is published before it signs. Longer than a copy of /auth/jwks may be cached (300)."""

    @model_validator(mode="after")
    def _require_secure_cookies(self) -> Self:
        if self.environment == "production" and not self.secure_cookies:
            raise ValueError("secure_cookies can only be switched off in a local stack (HELPDESK_ENVIRONMENT=local)")
        return self

    @property
    def session_limits(self) -> SessionLimits:
        return SessionLimits(
            idle=timedelta(seconds=self.refresh_token_seconds),
            absolute=timedelta(seconds=self.session_seconds),
            grace=timedelta(seconds=self.refresh_grace_seconds),
            retry=timedelta(seconds=self.refresh_retry_seconds),
        )

    @property
    def signing_key_lead(self) -> timedelta:
        return timedelta(seconds=self.signing_key_lead_seconds)

    @property
    def signing_key_max_age(self) -> timedelta | None:
        return timedelta(days=self.signing_key_days) if self.signing_key_days else None
