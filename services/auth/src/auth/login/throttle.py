"""The limits of logins (docs/decisions/0035): those who guess are slowed down, owners are let in.

Failed logins count, whether the account exists or not. Right ones have a limit of their own, which no person reaches. A
known device has its own count of failed logins and none of the limits that strangers can use up.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from auth.organisation.document import MAX_LOOSENING, Organisation, RateLimits
from common.addresses import address_key
from common.client_networks import client_networks
from common.errors import TooManyRequests, Unauthenticated
from common.rate_limits import DelayStatus, GrowingDelay, RateLimit, RateLimiter, RateLimitStatus, format_seconds

TEN_MINUTES, HOUR = timedelta(minutes=10), timedelta(hours=1)

REPORTED_FAILURES = 10
"""The owner of an account is told when this many logins in a row have failed."""
REPORTED_CODES = 5
"""The owner is told when this many codes were wrong: somebody else knows the password."""

_DELAY = GrowingDelay("login_delay", free=REPORTED_FAILURES, longest=timedelta(minutes=1), memory=HOUR)
"""Of one address, from everywhere: many networks that guess together are slowed down, and nobody waits for long."""
_PER_DEVICE = RateLimit("login_per_device", 10, TEN_MINUTES)
_CODE_PER_USER = RateLimit("login_code_per_user", 10, HOUR)
"""A guess is right with a chance of 3 in a million: whoever knows the password and guesses without a break needs two
and a half years for an even chance."""
_PER_ACCOUNT = RateLimit("login_per_account", 60, TEN_MINUTES)
"""Right logins of one account. No person needs as many, and with a free account anybody could fill the queue of hashes
otherwise."""
_UNLOCKED = RateLimit("login_unlocked", 1, TEN_MINUTES)
"""A window in which the limits of strangers do not apply to an address. The delay does."""


class TooManyFailedLogins(TooManyRequests):
    """`retry_after` is the time until the next login is allowed."""

    code = "too_many_failed_logins"

    def __init__(self, *, limit: int, retry_after: int) -> None:
        super().__init__(
            f"Too many failed logins. Try again in {format_seconds(retry_after)}, or set a new password with the link "
            "'Forgot password'. An admin of your organisation can also unlock your account.",
            limit=limit,
            retry_after=retry_after,
        )


class TooManyLogins(TooManyRequests):
    """Of one account, with the right password."""

    code = "too_many_logins"

    def __init__(self, *, limit: int, retry_after: int) -> None:
        super().__init__(
            f"Too many logins to this account. Try again in {format_seconds(retry_after)}, and keep the session that a "
            "login starts.",
            limit=limit,
            retry_after=retry_after,
        )


@dataclass(frozen=True)
class LoginAttempt:
    """A login that was let through. `failures` are those that are remembered, if this one fails; the owner is told of
    the `reported`th."""

    failures: int = 0
    reported: int = REPORTED_FAILURES

    @property
    def to_report(self) -> int | None:
        """The number of failures, where this is the one that the owner is told of."""
        return self.failures if self.failures == self.reported else None


@dataclass(frozen=True)
class _Reservation:
    """What was counted before the password was checked, so that parallel guesses are counted as well, and what a
    failure counts in addition. `counted` is None for an address that is unlocked, `delay` for a known device."""

    counted: tuple[RateLimit, str] | None
    delay: DelayStatus | None = None
    per_network: tuple[tuple[RateLimit, str], ...] = ()


class LoginThrottle:
    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    @asynccontextmanager
    async def attempt(
        self, organisation: Organisation | None, email: str, ip: str | None, device: str | None
    ) -> AsyncIterator[LoginAttempt]:
        """Checks a password inside the block, whose Unauthenticated counts as a failure; after any other error nothing
        is counted. `device` is the id of a device that is known for the address. Raises TooManyFailedLogins,
        TooManyLogins."""
        if not self._limiter.enforced:
            yield LoginAttempt()
            return
        address = f"{_scope(organisation)}:{address_key(email)}"
        if device is not None:
            reservation, attempt = await self._admit_device(address, device)
        else:
            reservation, attempt = await self._admit_stranger(organisation, address, ip)
        try:
            yield attempt
        except Unauthenticated:
            for limit, caller in reservation.per_network:
                await self._limiter.hit(limit, caller)
            raise
        except BaseException:
            await self._undo(reservation.counted)
            if reservation.delay is not None:
                await self._limiter.undo_attempt(_DELAY, address, reservation.delay)
            raise
        await self._undo(reservation.counted)
        await self._limiter.hit(_PER_ACCOUNT, address)
        if device is None:
            await self._limiter.forget(_DELAY.name, address)

    @asynccontextmanager
    async def code_attempt(self, user_id: UUID, device: str | None) -> AsyncIterator[LoginAttempt]:
        """Checks a one-time code inside the block. Raises TooManyFailedLogins."""
        caller = f"{user_id}:{device or 'strangers'}"
        failures = await self._reserve(_CODE_PER_USER, caller)
        yield LoginAttempt(failures, REPORTED_CODES)
        await self._limiter.undo(_CODE_PER_USER, caller)

    async def unlock(self, user_id: UUID, organisation_id: UUID, email: str) -> None:
        """Lets the owner of an address in, from wherever: forgets all failures, and exempts the address from the limits
        of its networks for some minutes."""
        address = f"{organisation_id}:{address_key(email)}"
        for name in (_DELAY.name, _PER_DEVICE.name, _PER_ACCOUNT.name, "login_per_email"):
            await self._limiter.forget(name, address)
        await self._limiter.forget(_CODE_PER_USER.name, str(user_id))
        await self._limiter.hit(_UNLOCKED, address)

    async def count_failures(self, users: Sequence[tuple[UUID, UUID, str]]) -> list[int]:
        """The failed logins of each user, given as for `unlock`, that still count: from unknown devices since the last
        right one, from each known device, and codes."""
        counted = [
            [
                f"{_DELAY.name}:{organisation_id}:{address_key(email)}",
                f"{_PER_DEVICE.name}:{organisation_id}:{address_key(email)}",
                f"{_CODE_PER_USER.name}:{user_id}",
            ]
            for user_id, organisation_id, email in users
        ]
        totals = await self._limiter.read_totals([caller for callers in counted for caller in callers])
        return [sum(totals.get(caller, 0) for caller in callers) for callers in counted]

    async def _admit_device(self, address: str, device: str) -> tuple[_Reservation, LoginAttempt]:
        [right_logins] = await self._limiter.read([(_PER_ACCOUNT, address)])
        _require_few_logins(right_logins)
        caller = f"{address}:{device}"
        await self._reserve(_PER_DEVICE, caller)
        return _Reservation((_PER_DEVICE, caller)), LoginAttempt()

    async def _admit_stranger(
        self, organisation: Organisation | None, address: str, ip: str | None
    ) -> tuple[_Reservation, LoginAttempt]:
        limits = organisation.rate_limits if organisation else RateLimits()
        networks = client_networks(ip)
        per_network = tuple(
            (replace(limit, calls=limit.calls * network.allowance), f"{scope}:{network.name}")
            for limit, scope in (
                (RateLimit("login_per_ip_everywhere", MAX_LOOSENING * RateLimits().login_per_ip, TEN_MINUTES), ""),
                (RateLimit("login_per_ip", limits.login_per_ip, TEN_MINUTES), _scope(organisation)),
            )
            for network in networks
        )
        counted_alone = [(_UNLOCKED, address), (_PER_ACCOUNT, address)]
        unlocked, right_logins, *counts = await self._limiter.read([*counted_alone, *per_network])
        _require_few_logins(right_logins)
        counted = None
        if not unlocked.count:
            for status in counts:
                if status.count >= status.limit.calls:
                    raise TooManyFailedLogins(limit=status.limit.calls, retry_after=status.reset_seconds)
            limit = RateLimit("login_per_email", limits.login_per_email, TEN_MINUTES)
            counted = limit, f"{address}:{networks[0].name}"
            await self._reserve(*counted)
        delay = await self._limiter.attempt(_DELAY, address)
        if delay.wait_seconds:
            await self._undo(counted)
            raise TooManyFailedLogins(limit=_DELAY.free, retry_after=delay.wait_seconds)
        return _Reservation(counted, delay, per_network), LoginAttempt(failures=delay.attempts)

    async def _undo(self, counted: tuple[RateLimit, str] | None) -> None:
        if counted is not None:
            await self._limiter.undo(*counted)

    async def _reserve(self, limit: RateLimit, caller: str) -> int:
        """Returns the count. Raises TooManyFailedLogins."""
        status = await self._limiter.hit(limit, caller)
        if status is not None and status.count > limit.calls:
            raise TooManyFailedLogins(limit=limit.calls, retry_after=status.reset_seconds)
        return status.count if status is not None else 0


def _require_few_logins(right_logins: RateLimitStatus) -> None:
    """Raises TooManyLogins."""
    if right_logins.count >= right_logins.limit.calls:
        raise TooManyLogins(limit=right_logins.limit.calls, retry_after=right_logins.reset_seconds)


def _scope(organisation: Organisation | None) -> str:
    return str(organisation.id) if organisation else "none"
