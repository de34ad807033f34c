"""Passwords: which are accepted, how they are kept, and how they are checked without saying who exists."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from common.errors import Unprocessable

T = TypeVar("T")

MIN_LENGTH, MAX_LENGTH = 8, 128
_COMMON = frozenset(FREQUENCY_LISTS["passwords"])


def require_acceptable(password: str, email: str, *, field: str = "password") -> None:
    """Raises Unprocessable with what to do instead: length and a list of common ones, no rules of composition (NIST
    SP 800-63B section 5.1.1.2). `field` is what the request calls it."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Unprocessable.field(field, f"Use {MIN_LENGTH} to {MAX_LENGTH} characters.")
    if password.casefold() == email.casefold():
        raise Unprocessable.field(field, "Use something else than the e-mail address.")
    if password.casefold() in _COMMON:
        raise Unprocessable.field(field, "This is one of the most common passwords: use another.")


class Passwords:
    """Argon2id (RFC 9106) in a few threads of its own: hashing takes a core for a while, and never the event loop."""

    def __init__(self, *, threads: int) -> None:
        self._hasher = PasswordHasher()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        # Checked when there is no such person, so that the answer takes as long as for a wrong password.
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """In the PHC string format, salt and parameters included."""
        return await self._in_thread(self._hasher.hash, password)

    async def matches(self, password: str, hashed: str | None) -> bool:
        """Whether it is the password. With None, false after the same work."""
        try:
            await self._in_thread(self._hasher.verify, hashed or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None

    async def _in_thread(self, work: Callable[..., T], *arguments: str) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
