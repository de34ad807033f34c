"""Encrypts short texts that their own service decrypts again, such as the content of an unsubscribe token.

The scheme is Fernet (AES-128-CBC and HMAC-SHA256, https://github.com/fernet/spec): the ciphertext is authenticated, and
cannot be decrypted after its lifetime.
"""

from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from common.errors import HelpdeskError


class DecryptionError(HelpdeskError):
    """The ciphertext is expired, altered, or encrypted with an unknown key."""

    code = "decryption_failed"


class SecretCipher:
    """Encrypts with the first key and decrypts with any. To rotate, put the new key first and drop the old one later.

    `keys` are 32 random bytes each, base64url; raises ValueError for anything else.
    """

    def __init__(self, keys: list[str]) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def encrypt(self, secret: str) -> str:
        """The ciphertext includes the time of encryption."""
        return self._fernet.encrypt(secret.encode()).decode()

    def decrypt(self, sealed: str, *, not_older_than: timedelta) -> str:
        """Raises DecryptionError."""
        try:
            return self._fernet.decrypt(sealed.encode(), ttl=int(not_older_than.total_seconds())).decode()
        except InvalidToken:
            raise DecryptionError("the ciphertext is expired, altered, or encrypted with another key") from None
