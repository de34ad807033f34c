"""What an SMTP server's answer means for a mail, by the stage of the dialogue, code and enhanced status code. Pure."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Literal


class Stage(StrEnum):
    """How far the dialogue has come. `CONNECT` includes EHLO, STARTTLS and AUTH; `DATA` is the command, `CONTENT` all
    that follows it."""

    CONNECT = "CONNECT"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "CONTENT"

    @property
    def has_recipient(self) -> bool:
        """Whether the server knows the recipient: its answer may concern or quote that address."""
        return self not in (Stage.CONNECT, Stage.MAIL)


@dataclass(frozen=True)
class Accepted:
    """The server took responsibility for the mail (RFC 5321 section 4.2.5)."""


@dataclass(frozen=True)
class _NotSent:
    reason: str

    @property
    def public_reason(self) -> str:
        """What admins of every organisation may read: the code and the enhanced status code, or the name of an
        exception. The text may quote the recipient."""
        code, _, text = self.reason.partition(" ")
        status = _ENHANCED.match(text)
        return f"{code} {status[0]}" if status else code


class TemporaryFailure(_NotSent):
    """The same mail may be accepted later."""


class PermanentFailure(_NotSent):
    """The server refused this mail, or it cannot be built: a retry would fail as well."""


class MailboxNotFound(_NotSent):
    """The address does not exist: no mail to it will ever be accepted."""


@dataclass(frozen=True)
class ServerUnavailable(_NotSent):
    """The server takes no mail at present: there is none, it refuses the connection, the login or the sender, or its
    own system is in trouble. This says nothing about the mail."""

    stage: Stage = Stage.CONNECT

    @property
    def public_reason(self) -> str:
        """With the text, unless the server knew the recipient."""
        return super().public_reason if self.stage.has_recipient else self.reason


class OutcomeUnknown(_NotSent):
    """The connection was lost after the content was sent and before the answer: the server may have accepted it."""


@dataclass(frozen=True)
class ClaimLost:
    """Another replica has claimed the mail meanwhile; its content was not sent."""


Outcome = (
    Accepted | TemporaryFailure | PermanentFailure | MailboxNotFound | ServerUnavailable | OutcomeUnknown | ClaimLost
)

_Meaning = Literal["server", "temporary", "permanent", "no_mailbox"]

_RCPT, _CONTENT, _COMMANDS = (Stage.RCPT,), (Stage.CONTENT,), (Stage.MAIL, Stage.RCPT, Stage.DATA)
_PROTOCOL_ERRORS = (500, 501, 502, 503, 504, 555)


@dataclass(frozen=True)
class _Rule:
    """Applies at these stages, to one of these codes or enhanced status codes (RFC 3463; `*` and `[…]` as in file
    names)."""

    meaning: _Meaning
    stages: Sequence[Stage] = tuple(Stage)
    codes: Collection[int] = ()
    statuses: Sequence[str] = ()

    def applies(self, stage: Stage, code: int, status: str) -> bool:
        if stage not in self.stages:
            return False
        return code in self.codes or any(fnmatchcase(status, pattern) for pattern in self.statuses)


RULES: Sequence[_Rule] = (
    # The channel closes; the login is missing, refused or needs TLS (RFC 5321 section 3.8, RFC 4954 section 6).
    _Rule("server", codes=(421, 454, 530, 534, 535, 538)),
    _Rule("server", statuses=("[45].4.5",)),  # congestion; providers use it for the sending limit of an account
    _Rule("server", statuses=("4.4.2",)),  # the connection timed out
    _Rule("permanent", statuses=("5.3.4",)),  # this mail is too large; the rest of X.3 is the server's own system
    _Rule("temporary", statuses=("4.3.4",)),
    _Rule("server", statuses=("[45].3.*",)),
    _Rule("permanent", stages=(Stage.MAIL,), statuses=("5.6.*",)),  # the address needs SMTPUTF8
    _Rule("server", stages=(Stage.CONNECT, Stage.MAIL), statuses=("*",)),  # the sender is the same for all mails
    # Not 5.5.0: large providers use it for a mailbox that is unavailable.
    _Rule("server", stages=_COMMANDS, statuses=("[45].5.[1-9]*",)),
    _Rule("no_mailbox", stages=_RCPT, statuses=("5.1.1", "5.1.6", "5.1.10")),
    # Refused by policy. That may be a recipient's, or a relay that is not ours: both can be mended meanwhile.
    _Rule("temporary", stages=_RCPT, statuses=("5.7.*",)),
    # What is wrong with the form of a content may be the fault of one mail.
    _Rule("temporary", stages=_CONTENT, codes=_PROTOCOL_ERRORS, statuses=("5.5.*",)),
    _Rule("permanent", statuses=("5.*",)),
    _Rule("server", stages=_COMMANDS, codes=_PROTOCOL_ERRORS),  # without an enhanced status code
    _Rule("permanent", codes=range(500, 600)),
)
"""The first one that applies counts. Everything else is temporary."""

_ENHANCED = re.compile(r"([245])\.(\d{1,3})\.(\d{1,3})(?!\S)")


def classify(stage: Stage, code: int, text: str) -> Outcome:
    """A reply at this stage. After the content, one that is none of SMTP leaves the outcome unknown."""
    reason = f"{code} {' '.join(text.split())}"[:500]
    if 200 <= code <= 299 and stage is Stage.CONTENT:
        return Accepted()
    if not 400 <= code <= 599:
        return OutcomeUnknown(reason) if stage is Stage.CONTENT else ServerUnavailable(reason, stage)
    status = enhanced_status(code, text)
    meaning = next((rule.meaning for rule in RULES if rule.applies(stage, code, status)), "temporary")
    match meaning:
        case "server":
            return ServerUnavailable(reason, stage)
        case "permanent":
            return PermanentFailure(reason)
        case "no_mailbox":
            return MailboxNotFound(reason)
        case _:
            return TemporaryFailure(reason)


def enhanced_status(code: int, text: str) -> str:
    """The enhanced status code at the beginning of a reply's text; empty if there is none, or it contradicts the code
    (RFC 2034 section 4)."""
    found = _ENHANCED.match(text)
    return found[0] if found is not None and found[1] == str(code)[:1] else ""


def is_closing(code: int, text: str) -> bool:
    """Whether the server gives up a connection that was idle for too long."""
    return code == 421 or enhanced_status(code, text) == "4.4.2"
