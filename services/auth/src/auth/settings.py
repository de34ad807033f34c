"""What auth can be told besides what every service can."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import NoDecode

from common.settings import CommaSeparated, Settings, strong_key


class AuthSettings(Settings):
    """Times are in seconds."""

    master_key: Annotated[SecretStr, AfterValidator(strong_key)]
    """Encrypts the private signing keys and the keys of second factors at rest."""
    sealing_keys: Annotated[list[Annotated[SecretStr, AfterValidator(strong_key)]], NoDecode, CommaSeparated] = Field(
        min_length=1
    )
    """Seal the links in mails: mailer has the same. The first one seals."""
    refresh_token_seconds: int = 7 * 24 * 3600
    refresh_grace_seconds: int = 30
    """How long the refresh token before the present one still works: two tabs may refresh at once."""
    secure_cookies: bool = True
    """Browsers treat http://localhost as secure, so this also holds there."""
    password_hashing_threads: int = Field(default=2, ge=1)
    """How many passwords may be hashed at once: each takes 64 MiB and a core for some 50 ms."""
    signing_key_days: float = Field(default=90, ge=0)
    """How old a signing key becomes before the next one is made; 0 leaves that to `python -m auth
    rotate-signing-keys`."""
    signing_key_lead_seconds: float = Field(default=600, gt=0)
    """How long a new key is published before it signs. Longer than a copy of /auth/jwks may be kept (300)."""

    @property
    def signing_key_lead(self) -> timedelta:
        """The same, as a duration."""
        return timedelta(seconds=self.signing_key_lead_seconds)

    @property
    def signing_key_age(self) -> timedelta | None:
        """How old a signing key becomes; None where only a command replaces it."""
        return timedelta(days=self.signing_key_days) if self.signing_key_days else None
