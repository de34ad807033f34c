"""What an SMTP server's answer means for a mail. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The server took responsibility for the mail (RFC 5321 section 4.2.5)."""


@dataclass(frozen=True)
class _NotSent:
    reason: str


class TemporaryFailure(_NotSent):
    """A 4xx answer, or a connection lost during the dialogue: the same mail may be accepted later."""


class PermanentFailure(_NotSent):
    """A 5xx answer to this mail, or a mail that cannot be built: a retry would fail as well."""


class Unreachable(_NotSent):
    """No server answered, or it refused the connection or the login. This says nothing about the mail."""


Outcome = Accepted | TemporaryFailure | PermanentFailure | Unreachable


def classify(code: int, text: str) -> Outcome:
    """A reply to MAIL, RCPT or DATA (RFC 5321 section 4.2.1). 421 closes the channel, whatever the mail is."""
    reason = f"{code} {' '.join(text.split())}"[:500]
    if code == 421:
        return Unreachable(reason)
    if 500 <= code <= 599:
        return PermanentFailure(reason)
    return TemporaryFailure(reason)
