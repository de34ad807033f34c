"""How often somebody may try: the limits of DOMAIN.md section 3, each with the name of the bucket a call falls into.

Buckets are an organisation's own: who uses up one organisation's does not shut others out of another's. All that names
no organisation there is falls into one.
"""

from datetime import timedelta
from uuid import UUID

from auth.organisation.document import Organisation, RateLimits
from auth.user.document import email_key
from common.rate_limits import RateLimit

TEN_MINUTES, HOUR = timedelta(minutes=10), timedelta(hours=1)

Bucket = tuple[RateLimit, str]


def log_in_per_ip(organisation: Organisation | None, ip: str | None) -> Bucket:
    """10 in 10 minutes."""
    return RateLimit("login-ip", _of(organisation).login_per_ip, TEN_MINUTES), _bucket(organisation, ip)


def log_in_per_email(organisation: Organisation | None, email: str) -> Bucket:
    """5 in 10 minutes, whether there is such an account or not."""
    return RateLimit("login-email", _of(organisation).login_per_email, TEN_MINUTES), _bucket(
        organisation, email_key(email)
    )


def sign_up_per_ip(organisation: Organisation | None, ip: str | None) -> Bucket:
    """5 in an hour."""
    return RateLimit("signup-ip", _of(organisation).signup_per_ip, HOUR), _bucket(organisation, ip)


def forgot_password_per_email(organisation: Organisation | None, email: str) -> Bucket:
    """5 in an hour, whether there is such an account or not."""
    limit = RateLimit("forgot-email", _of(organisation).forgot_password_per_email, HOUR)
    return limit, _bucket(organisation, email_key(email))


def code_per_user(user_id: UUID) -> Bucket:
    """10 one-time codes in an hour, at log-in and elsewhere. A guess is right with a chance of 3 in a million, so who
    knows the password and guesses day and night needs two and a half years for an even chance."""
    return RateLimit("mfa-code", 10, HOUR), str(user_id)


def password_per_user(user_id: UUID) -> Bucket:
    """5 in 10 minutes, where somebody who is logged in must give their password again."""
    return RateLimit("password-user", 5, TEN_MINUTES), str(user_id)


def verification_per_user(user_id: UUID) -> Bucket:
    """5 links an hour."""
    return RateLimit("verification-user", 5, HOUR), str(user_id)


def mailed_token_per_ip(ip: str | None) -> Bucket:
    """30 in 10 minutes, for all kinds of links together: more than an office full of invited people needs. It is no
    defence of 256 bits, which need none, but of the work behind them."""
    return RateLimit("mailed-token-ip", 30, TEN_MINUTES), str(ip)


def _of(organisation: Organisation | None) -> RateLimits:
    return organisation.settings.rate_limits if organisation else RateLimits()


def _bucket(organisation: Organisation | None, caller: str | None) -> str:
    return f"{organisation.id if organisation else 'none'}:{caller}"
