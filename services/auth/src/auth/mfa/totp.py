"""One-time codes by the clock (TOTP, RFC 6238): six digits, thirty seconds, SHA-1, as every app understands. Pure."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
WINDOW = 1
"""How many steps a code may be early or late: clocks differ, and typing takes time (section 5.2)."""


def new_key() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32(32)


def address(key: str, *, account: str, issuer: str) -> str:
    """The `otpauth://` address that apps take, usually from a QR code."""
    return pyotp.TOTP(key, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=issuer)


def step_of(at: datetime) -> int:
    """The number of the thirty seconds that `at` is in."""
    return int(at.timestamp()) // STEP_SECONDS


def code_of(key: str, step: int) -> str:
    """The code of a step."""
    return pyotp.TOTP(key, interval=STEP_SECONDS).generate_otp(step)


def matching_step(key: str, code: str, at: datetime, *, after: int) -> int | None:
    """The step within the window whose code this is, None where there is none. Steps up to `after` do not count: a
    code is good once."""
    steps = range(step_of(at) - WINDOW, step_of(at) + WINDOW + 1)
    # All are compared, so that the time does not say which one matched.
    matching = [step for step in steps if hmac.compare_digest(code_of(key, step).encode(), code.encode())]
    return next((step for step in matching if step > after), None)
