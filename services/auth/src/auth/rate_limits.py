"""The rate limits of public and sensitive routes, each with the caller that it counts.

Callers are counted per organisation, so that nobody can lock out another organisation's users. Requests that name no
existing organisation share one count.
"""

from datetime import timedelta
from uuid import UUID

from auth.organisation.document import Organisation, RateLimits
from common.addresses import address_key
from common.rate_limits import RateLimit

TEN_MINUTES, HOUR = timedelta(minutes=10), timedelta(hours=1)

LimitedCaller = tuple[RateLimit, str]
"""The arguments of `enforce_rate_limit`."""


def login_per_ip(organisation: Organisation | None, ip: str | None) -> LimitedCaller:
    return _in_organisation("login_per_ip", TEN_MINUTES, organisation, ip)


def login_per_email(organisation: Organisation | None, email: str) -> LimitedCaller:
    """Counts whether the account exists or not."""
    return _in_organisation("login_per_email", TEN_MINUTES, organisation, address_key(email))


def signup_per_ip(organisation: Organisation | None, ip: str | None) -> LimitedCaller:
    return _in_organisation("signup_per_ip", HOUR, organisation, ip)


def forgot_password_per_email(organisation: Organisation | None, email: str) -> LimitedCaller:
    """Counts whether the account exists or not."""
    return _in_organisation("forgot_password_per_email", HOUR, organisation, address_key(email))


def code_per_user(user_id: UUID) -> LimitedCaller:
    """One-time codes, at login and elsewhere. A guess is right with a chance of 3 in a million: whoever knows the
    password and guesses without a break needs two and a half years for an even chance."""
    return RateLimit("code_per_user", 10, HOUR), str(user_id)


def password_per_user(user_id: UUID) -> LimitedCaller:
    """Requests in a session that need the current password."""
    return RateLimit("password_per_user", 5, TEN_MINUTES), str(user_id)


def verification_per_user(user_id: UUID) -> LimitedCaller:
    return RateLimit("verification_per_user", 5, HOUR), str(user_id)


def mailed_token_per_ip(ip: str | None) -> LimitedCaller:
    """All kinds of links together. 256 random bits need no limit; the work that a request causes does."""
    return RateLimit("mailed_token_per_ip", 30, TEN_MINUTES), str(ip)


def _in_organisation(
    setting: str, window: timedelta, organisation: Organisation | None, caller: str | None
) -> LimitedCaller:
    limits = organisation.settings.rate_limits if organisation else RateLimits()
    key = f"{organisation.id if organisation else 'none'}:{caller}"
    return RateLimit(setting, getattr(limits, setting), window), key
