"""Passwords: which are accepted, how they are hashed, and how they are verified without revealing accounts."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from common.errors import FieldError, Unprocessable

T = TypeVar("T")

MIN_LENGTH, MAX_LENGTH = 8, 128
_COMMON = frozenset(FREQUENCY_LISTS["passwords"])


class WrongPassword(Unprocessable):
    """For users who are logged in. A failed login reveals less."""

    code = "wrong_password"

    def __init__(self, field: str) -> None:
        detail = "This is not your password."
        super().__init__(detail, errors=(FieldError(field, detail),))


def validate_password(password: str, email: str, *, field: str = "password") -> None:
    """Raises Unprocessable, naming `field`. Checks length and a list of common passwords, no composition rules (NIST
    SP 800-63B section 5.1.1.2)."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Unprocessable.field(field, f"Use {MIN_LENGTH} to {MAX_LENGTH} characters.")
    if password.casefold() == email.casefold():
        raise Unprocessable.field(field, "Use something other than the email address.")
    if password.casefold() in _COMMON:
        raise Unprocessable.field(field, "This is one of the most common passwords. Use another one.")


class Passwords:
    """Argon2id (RFC 9106) in a bounded thread pool: a hash occupies a core for a while, and never the event loop."""

    def __init__(self, *, threads: int) -> None:
        self._hasher = PasswordHasher()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        # Verified where there is no user, so that the response takes as long as for a wrong password.
        self._dummy_hash = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """In the PHC string format, with salt and parameters."""
        return await self._in_thread(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """False for None, after the same work."""
        try:
            await self._in_thread(self._hasher.verify, password_hash or self._dummy_hash, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    async def require(self, password: str, password_hash: str | None, *, field: str) -> None:
        """Raises WrongPassword, naming `field`."""
        if not await self.verify(password, password_hash):
            raise WrongPassword(field)

    async def _in_thread(self, work: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
