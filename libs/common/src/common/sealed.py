"""Short-lived secrets inside events.

A reset link has to travel from auth to mailer, but neither the stream nor any event log may hold a usable secret. So it
travels sealed with Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec) under keys that only those two
services hold, and can not be opened after its time.
"""

from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from common.errors import HelpdeskError


class DecryptionError(HelpdeskError):
    """Too old, altered, or sealed with a key we do not hold."""

    code = "decryption_failed"


class SecretCipher:
    """Seals with the first key, opens with any: to rotate, put the new key in front and drop the old one later.

    `keys` are 32 random bytes each, base64url; raises ValueError for anything else.
    """

    def __init__(self, keys: list[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, secret: str) -> str:
        """`secret`, unreadable, with the time of sealing inside."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, sealed: str, *, not_older_than: timedelta) -> str:
        """The secret. Raises SealBroken."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=int(not_older_than.total_seconds())).decode()
        except InvalidToken:
            raise DecryptionError("the sealed value is too old, was altered, or was sealed with another key") from None
