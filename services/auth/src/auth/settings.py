"""The settings of auth."""

from datetime import timedelta

from pydantic import Field

from common.settings import SecretKey, Settings


class AuthSettings(Settings):
    """Times are in seconds unless the name states another unit."""

    master_key: SecretKey
    """Encrypts the private signing keys and the TOTP keys at rest."""
    link_public_key: SecretKey
    """Encrypts the links inside events for mailer, which has the private key. It is no secret, but whoever replaces it
    receives the links."""
    refresh_token_seconds: int = 7 * 24 * 3600
    refresh_grace_seconds: int = 30
    """How long the previous refresh token stays valid: two tabs may refresh at the same time."""
    secure_cookies: bool = True
    """Browsers treat http://localhost as secure, so this also works there."""
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

    @property
    def signing_key_lead(self) -> timedelta:
        return timedelta(seconds=self.signing_key_lead_seconds)

    @property
    def signing_key_max_age(self) -> timedelta | None:
        return timedelta(days=self.signing_key_days) if self.signing_key_days else None
