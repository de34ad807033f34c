"""Passwords: which are accepted, how they are hashed, and how they are verified without revealing accounts."""

import time
from collections.abc import Iterable
from contextlib import AbstractContextManager

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from auth.domain.hashing_capacity import hashing_capacity
from auth.domain.password_strength import is_hard_to_guess
from auth.hashing_queue import HashingQueue, Place
from common.errors import FieldError, Unprocessable

MIN_LENGTH, MAX_LENGTH = 8, 128


class WrongPassword(Unprocessable):
    """For users who are logged in. A failed login reveals less."""

    code = "wrong_password"

    def __init__(self, field: str) -> None:
        detail = "This is not your password."
        super().__init__(detail, errors=(FieldError(field, detail),))


def validate_password(password: str, email: str, context: Iterable[str], *, field: str = "password") -> None:
    """`context` are further texts about the person and the organisation. Raises Unprocessable, naming `field`."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Unprocessable.field(field, f"Use {MIN_LENGTH} to {MAX_LENGTH} characters.")
    if password.casefold() == email.casefold():
        raise Unprocessable.field(field, "Use something other than the email address.")
    if not is_hard_to_guess(password, (email, *context)):
        raise Unprocessable.field(
            field,
            "This password is easy to guess. Use a longer one, for example four words that do not belong together, "
            "without your name, your address or the name of your organisation.",
        )


def measure_hash_seconds(hasher: PasswordHasher) -> float:
    """The CPU time of one hash, which its parallel lanes share."""
    started = time.process_time()
    hasher.hash("measured at start")
    return max(time.process_time() - started, 1e-6)


class Passwords:
    """Argon2id (RFC 9106) behind a bounded queue: a hash occupies a core for a while, and never the event loop
    (docs/decisions/0035)."""

    def __init__(self, *, cores: int = 1, processes: int = 1, wait_seconds: float = 2) -> None:
        """`cores` are those that all `processes` of the installation may use for hashing together."""
        self._hasher = PasswordHasher()
        # Verified where there is no user, so that the response takes as long as for a wrong password.
        self._dummy_hash = self._hasher.hash("nobody has this password")
        capacity = hashing_capacity(
            cores=cores,
            processes=processes,
            hash_seconds=measure_hash_seconds(self._hasher),
            wait_seconds=wait_seconds,
        )
        self._queue = HashingQueue(capacity, wait_seconds=wait_seconds)

    def reserve(self, *, known_device: bool) -> AbstractContextManager[Place]:
        """A place in the queue for the block, taken before anything else is done for a login. Raises Overloaded."""
        return self._queue.reserve(known_device=known_device)

    async def hash(self, password: str) -> str:
        """In the PHC string format, with salt and parameters. Raises Overloaded, as all methods do."""
        with self.reserve(known_device=False) as place:
            return await place.run(self._hasher.hash, password)

    async def verify(self, password: str, password_hash: str | None, place: Place | None = None) -> bool:
        """False for None, after the same work. Without a place, the caller waits with the strangers."""
        if place is None:
            with self.reserve(known_device=False) as place:
                return await self.verify(password, password_hash, place)
        try:
            await place.run(self._hasher.verify, password_hash or self._dummy_hash, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None

    async def require(self, password: str, password_hash: str | None, *, field: str, logged_in: bool) -> None:
        """Those who are logged in come first, as known devices do. Raises WrongPassword, naming `field`."""
        with self.reserve(known_device=logged_in) as place:
            if not await self.verify(password, password_hash, place):
                raise WrongPassword(field)
