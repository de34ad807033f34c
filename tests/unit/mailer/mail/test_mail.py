"""What a mail in the ledger goes through. The document is made without a database, which only `commit` needs."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.events import parse
from common.events.mailer import EmailFailed, EmailSent
from common.events.notifications import Recipient
from mailer.mail.document import WAITING, Mail, Status

DELAYS = [30.0, 120.0, 600.0]
NOW = datetime.fromisoformat("2026-05-14T09:30:00.125Z")
RECIPIENT = Recipient(id=UUID(int=1), email="ada@example.com", name="Ada", locale="en")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def mail(status: Status = "queued", attempts: int = 0) -> Mail:
    made: Mail = Mail.model_construct(
        id=UUID(int=2),
        organisation_id=UUID(int=3),
        recipient=RECIPIENT,
        template="welcome",
        context={},
        ticket_id=None,
        ticket_number=None,
        message_id="<4@example.com>",
        status=status,
        attempts=attempts,
        due_at=NOW,
        created_at=NOW,
    )
    return made


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_claimed_mail_comes_back_when_its_replica_is_not_heard_of() -> None:
    claimed = mail()
    claimed.claim(60)
    assert (claimed.status, claimed.due_at, claimed.attempts) == ("sending", after(60), 0)
    assert claimed.status in WAITING
    assert claimed._recorded == []


def test_a_mail_that_was_taken_says_so_and_forgets_its_last_error() -> None:
    sent = mail("sending", attempts=1)
    sent.last_error = "451 later"
    sent.sent()
    assert (sent.status, sent.attempts, sent.sent_at) == ("sent", 2, NOW)
    assert not sent.last_error
    assert sent.status not in WAITING
    (envelope,) = sent._recorded
    assert parse(envelope) == EmailSent(recipient_id=RECIPIENT.id, message_id="<4@example.com>", attempts=2)


@given(st.integers(1, 12))
def test_a_mail_that_is_always_refused_for_now_is_tried_once_more_than_there_are_delays(refusals: int) -> None:
    refused = mail()
    due = []
    for _ in range(refusals):
        if refused.status not in WAITING:
            break
        refused.claim(60)
        refused.refused_for_now("451 later", DELAYS)
        due.append(refused.due_at)
    tries = min(refusals, len(DELAYS) + 1)
    assert refused.attempts == tries
    assert due[: len(DELAYS)] == [after(delay) for delay in DELAYS[:tries]]
    assert refused.status == ("failed" if refusals > len(DELAYS) else "queued")
    assert [envelope.type for envelope in refused._recorded] == (["mailer.email.failed"] if refusals > 3 else [])


def test_a_mail_that_is_refused_for_good_is_not_tried_again_and_says_why() -> None:
    refused = mail("sending")
    refused.refused("550 no such user")
    assert (refused.status, refused.attempts, refused.last_error) == ("failed", 1, "550 no such user")
    (envelope,) = refused._recorded
    assert parse(envelope) == EmailFailed(
        recipient_id=RECIPIENT.id, message_id="<4@example.com>", attempts=1, reason="550 no such user"
    )


def test_no_server_there_is_no_attempt_however_often() -> None:
    postponed = mail("sending", attempts=2)
    for _ in range(100):
        postponed.postponed("nobody there", 10)
    assert (postponed.status, postponed.attempts, postponed.due_at) == ("queued", 2, after(10))
    assert postponed._recorded == []
