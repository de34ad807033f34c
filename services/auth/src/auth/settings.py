"""What auth can be told besides what every service can."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from common.settings import Settings, strong_key


class AuthSettings(Settings):
    """Times are in seconds."""

    master_key: Annotated[SecretStr, AfterValidator(strong_key)]
    """Encrypts the private signing keys at rest."""
    refresh_token_seconds: int = 7 * 24 * 3600
    refresh_grace_seconds: int = 30
    """How long the refresh token before the present one still works: two tabs may refresh at once."""
    secure_cookies: bool = True
    """Browsers treat http://localhost as secure, so this also holds there."""
    password_hashing_threads: int = Field(default=2, ge=1)
    """How many passwords may be hashed at once: each takes 64 MiB and a core for some 50 ms."""
