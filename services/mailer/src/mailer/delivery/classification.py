"""What an SMTP server's answer means for a mail. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Accepted:
    """The server took responsibility for the mail (RFC 5321 section 4.2.5)."""


@dataclass(frozen=True)
class RefusedForNow:
    """A 4xx answer, or the connection was lost on the way: the same mail may be taken later."""

    reason: str


@dataclass(frozen=True)
class Refused:
    """A 5xx answer to this mail: it will not be taken later either."""

    reason: str


@dataclass(frozen=True)
class NotReached:
    """There was no server to give it to, or it does not let us in: this says nothing about the mail."""

    reason: str


Outcome = Accepted | RefusedForNow | Refused | NotReached


def of_answer(code: int, text: str) -> Outcome:
    """Of a reply code to MAIL, RCPT or DATA (RFC 5321 section 4.2.1). 421 closes the channel, whatever the mail is."""
    reason = f"{code} {' '.join(text.split())}"[:500]
    if code == 421:
        return NotReached(reason)
    if 500 <= code <= 599:
        return Refused(reason)
    return RefusedForNow(reason)
