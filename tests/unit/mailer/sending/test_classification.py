"""What a server's answer means for a mail: the server's trouble, later, never, or no such mailbox."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.sending.classification import (
    Accepted,
    MailboxNotFound,
    OutcomeUnknown,
    PermanentFailure,
    ServerUnavailable,
    Stage,
    TemporaryFailure,
    classify,
)

SERVER, LATER, NEVER, NO_MAILBOX = ServerUnavailable, TemporaryFailure, PermanentFailure, MailboxNotFound


@pytest.mark.parametrize(
    ("stage", "answer", "outcome"),
    [
        # the connection, the login and the sender's account
        *[(stage, "421 4.7.0 try again later", SERVER) for stage in Stage],
        *[(stage, "530 5.7.0 authentication required", SERVER) for stage in Stage],
        *[(stage, "550 5.4.5 daily sending limit exceeded", SERVER) for stage in Stage],
        (Stage.CONNECT, "535 5.7.8 credentials invalid", SERVER),
        (Stage.CONNECT, "554 no service here", SERVER),
        (Stage.MAIL, "454 4.7.0 temporary authentication failure", SERVER),
        (Stage.MAIL, "451 4.4.2 timed out", SERVER),
        (Stage.MAIL, "452 4.3.1 insufficient system storage", SERVER),
        (Stage.MAIL, "550 5.7.1 sender refused", SERVER),
        (Stage.MAIL, "553 5.1.8 sender domain unknown", SERVER),
        (Stage.MAIL, "501 syntax", SERVER),
        (Stage.MAIL, "451 greylisted", SERVER),
        # the server's system, and the protocol
        (Stage.RCPT, "452 4.3.1 insufficient system storage", SERVER),
        (Stage.RCPT, "554 5.3.5 system incorrectly configured", SERVER),
        (Stage.RCPT, "503 5.5.1 need MAIL first", SERVER),
        (Stage.DATA, "503 bad sequence", SERVER),
        (Stage.CONTENT, "451 4.3.0 queue file write error", SERVER),
        # the address
        (Stage.RCPT, "550 5.1.1 no such user", NO_MAILBOX),
        (Stage.RCPT, "556 5.1.10 recipient has null MX", NO_MAILBOX),
        (Stage.RCPT, "550 no such user", NEVER),
        (Stage.RCPT, "550 5.1.2 no such host", NEVER),
        (Stage.RCPT, "550 5.2.1 mailbox disabled", NEVER),
        (Stage.RCPT, "552 5.2.2 mailbox full", NEVER),
        (Stage.RCPT, "550 5.5.0 mailbox unavailable", NEVER),
        (Stage.RCPT, "450 4.2.1 mailbox busy", LATER),
        (Stage.RCPT, "451 4.7.1 greylisted", LATER),
        (Stage.RCPT, "554 5.7.1 relay access denied", LATER),
        (Stage.RCPT, "450 busy", LATER),
        # the content, and what only one mail needs
        (Stage.MAIL, "550 5.6.7 SMTPUTF8 not supported", NEVER),
        (Stage.MAIL, "552 5.3.4 too large", NEVER),
        (Stage.CONTENT, "552 5.3.4 too large", NEVER),
        (Stage.CONTENT, "554 5.6.0 malformed content", NEVER),
        (Stage.CONTENT, "550 5.7.1 spam", NEVER),
        (Stage.CONTENT, "554 transaction failed", NEVER),
        (Stage.CONTENT, "550 5.1.1 no such user", NEVER),
        (Stage.CONTENT, "521 5.5.2 bare LF", LATER),
        (Stage.CONTENT, "500 line too long", LATER),
        (Stage.CONTENT, "452 try later", LATER),
        # an enhanced status code that contradicts the code is ignored
        (Stage.RCPT, "450 5.1.1 no such user", LATER),
        (Stage.RCPT, "550 4.4.2 timed out", NEVER),
        (Stage.RCPT, "550 5.1.1x no such user", NEVER),
    ],
)
def test_an_answer_is_understood_by_its_stage_and_codes(stage: Stage, answer: str, outcome: type) -> None:
    code, _, text = answer.partition(" ")
    assert type(classify(stage, int(code), text)) is outcome


@given(st.integers(-1, 999).filter(lambda code: not 200 <= code <= 299 and not 400 <= code <= 599))
def test_after_the_content_an_answer_that_is_none_leaves_the_outcome_unknown(code: int) -> None:
    assert isinstance(classify(Stage.CONTENT, code, "?"), OutcomeUnknown)


@given(st.integers(200, 299))
def test_after_the_content_every_2xx_accepts_the_mail(code: int) -> None:
    assert classify(Stage.CONTENT, code, "taken") == Accepted()


@given(st.sampled_from(Stage), st.integers(-1, 999), st.text())
def test_only_a_5xx_is_for_good(stage: Stage, code: int, text: str) -> None:
    if isinstance(classify(stage, code, text), PermanentFailure | MailboxNotFound):
        assert 500 <= code <= 599


@given(st.integers(300, 599), st.text())
def test_the_reason_is_one_short_line_that_begins_with_the_code(code: int, text: str) -> None:
    reason = classify(Stage.RCPT, code, text).reason  # type: ignore[union-attr]  # never Accepted or ClaimLost here
    assert reason.startswith(f"{code} ")
    assert len(reason) <= 500
    assert len(reason.splitlines()) == 1


def test_a_reason_over_several_lines_is_joined() -> None:
    outcome = classify(Stage.RCPT, 550, "5.2.1 No such\r\n  user\there")
    assert outcome == PermanentFailure("550 5.2.1 No such user here")


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        (ServerUnavailable("535 5.7.8 wrong password", Stage.MAIL), "535 5.7.8 wrong password"),
        (ServerUnavailable("mail.example:25: OSError refused"), "mail.example:25: OSError refused"),
        (ServerUnavailable("451 4.3.0 <ada@example.com>: crashed", Stage.RCPT), "451 4.3.0"),
        (ServerUnavailable("421 ada@example.com: not now", Stage.DATA), "421"),
        (ServerUnavailable("SMTPServerDisconnected Connection lost", Stage.RCPT), "SMTPServerDisconnected"),
        (OutcomeUnknown("299 2.0.0 for ada@example.com"), "299 2.0.0"),
    ],
)
def test_an_answer_that_may_quote_a_recipient_is_shown_to_others_by_its_codes_alone(
    outcome: ServerUnavailable | OutcomeUnknown, shown: str
) -> None:
    assert outcome.public_reason == shown
