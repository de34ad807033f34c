"""Time-based one-time passwords (TOTP, RFC 6238): six digits, 30 seconds, SHA-1, as every app supports."""

import hmac
from datetime import datetime

import pyotp

STEP_SECONDS = 30
WINDOW = 1
"""The number of steps a code may be early or late: clocks differ, and typing takes time (section 5.2)."""


def generate_key() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32(32)


def provisioning_uri(key: str, *, account: str, issuer: str) -> str:
    """The `otpauth://` URI that apps read, usually from a QR code."""
    return pyotp.TOTP(key, interval=STEP_SECONDS).provisioning_uri(name=account, issuer_name=issuer)


def time_step(at: datetime) -> int:
    """The number of the 30-second interval that contains `at`."""
    return int(at.timestamp()) // STEP_SECONDS


def generate_code(key: str, step: int) -> str:
    return pyotp.TOTP(key, interval=STEP_SECONDS).generate_otp(step)


def find_matching_step(key: str, code: str, at: datetime, *, after: int) -> int | None:
    """The step within the window that has this code; None where none has it. Ignores white space in `code`, which apps
    show in groups, and steps up to `after`: each code is valid once."""
    typed = "".join(code.split()).encode()
    steps = range(time_step(at) - WINDOW, time_step(at) + WINDOW + 1)
    # All are compared, so that the time does not depend on which one matches.
    matching = [step for step in steps if hmac.compare_digest(generate_code(key, step).encode(), typed)]
    return next((step for step in matching if step > after), None)
