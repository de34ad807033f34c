"""The rate limits of public and sensitive routes.

Callers are counted per organisation, so that nobody can lock out another organisation's users. Client addresses are
counted for the whole installation as well, so that naming many organisations gains nothing. Requests that name no
existing organisation share one count. auth/login/throttle.py has the limits of logins.
"""

from datetime import timedelta
from uuid import UUID

from fastapi import Request

from auth.organisation.document import MAX_LOOSENING, Organisation, RateLimits
from common.addresses import address_key
from common.http.rate_limits import enforce_rate_limit, enforce_rate_limit_per_network
from common.rate_limits import RateLimit

TEN_MINUTES, HOUR = timedelta(minutes=10), timedelta(hours=1)

LimitedCaller = tuple[RateLimit, str]
"""The arguments of `enforce_rate_limit`."""

_MAILED_TOKEN = RateLimit("mailed_token_per_ip", 30, TEN_MINUTES)


async def limit_sign_ups(request: Request, organisation: Organisation | None) -> None:
    """Raises TooManyRequests, as all of these do."""
    await _enforce_per_network(request, "signup_per_ip", organisation)


async def limit_password_resets(request: Request, organisation: Organisation | None, email: str) -> None:
    """Counts the address whether the account exists or not."""
    await _enforce_per_network(request, "forgot_password_per_ip", organisation)
    limit = _limit("forgot_password_per_email", organisation)
    await enforce_rate_limit(request, limit, f"{_scope(organisation)}:{address_key(email)}")


async def limit_mailed_tokens(request: Request) -> None:
    """All kinds of links together. 256 random bits need no limit; the work that a request causes does."""
    await enforce_rate_limit_per_network(request, _MAILED_TOKEN)


def code_per_user(user_id: UUID) -> LimitedCaller:
    """One-time codes in a session."""
    return RateLimit("code_per_user", 10, HOUR), str(user_id)


def password_per_user(user_id: UUID) -> LimitedCaller:
    """Requests, other than logins, that need the current password of an account."""
    return RateLimit("password_per_user", 5, TEN_MINUTES), str(user_id)


def verification_per_user(user_id: UUID) -> LimitedCaller:
    return RateLimit("verification_per_user", 5, HOUR), str(user_id)


async def _enforce_per_network(request: Request, setting: str, organisation: Organisation | None) -> None:
    everywhere = RateLimit(f"{setting}_everywhere", MAX_LOOSENING * getattr(RateLimits(), setting), HOUR)
    await enforce_rate_limit_per_network(request, everywhere)
    await enforce_rate_limit_per_network(request, _limit(setting, organisation), _scope(organisation))


def _limit(setting: str, organisation: Organisation | None) -> RateLimit:
    limits = organisation.rate_limits if organisation else RateLimits()
    return RateLimit(setting, getattr(limits, setting), HOUR)


def _scope(organisation: Organisation | None) -> str:
    """The part of a count's name that separates organisations."""
    return str(organisation.id) if organisation else "none"
