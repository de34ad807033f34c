"""What a mail in the ledger goes through. The document is made without a database, which only `commit` needs."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import clock
from common.errors import Conflict
from common.events import Actor, parse
from common.events.mailer import (
    EmailFailed,
    EmailMarkedSent,
    EmailOutcomeUnknown,
    EmailRetried,
    EmailSent,
    EmailSuppressed,
)
from common.events.notifications import Recipient
from mailer.mail.document import PENDING, Mail, Status, SuppressionReason
from mailer.settings import MailerSettings

DELAYS = [30.0, 120.0, 600.0]
NOW = datetime.fromisoformat("2026-05-14T09:30:00.125Z")
SENDER = UUID(int=8)
RECIPIENT = Recipient(id=UUID(int=1), email="ada@example.com", name="Ada", locale="en")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def mail(status: Status = "queued", attempts: int = 0, expires_at: datetime | None = None) -> Mail:
    made: Mail = Mail.model_construct(
        expires_at=expires_at,
        id=UUID(int=2),
        organisation_id=UUID(int=3),
        recipient=RECIPIENT,
        kind="welcome",
        audience="self",
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
    claimed.claim_for(SENDER, after(60))
    assert (claimed.status, claimed.due_at, claimed.attempts) == ("sending", after(60), 0)
    assert claimed.status in PENDING
    assert claimed._recorded == []


def test_a_mail_that_was_taken_says_so_and_forgets_its_last_error() -> None:
    sent = mail("sending", attempts=1)
    sent.last_error = "451 later"
    sent.mark_sent()
    assert (sent.status, sent.attempts, sent.sent_at) == ("sent", 2, NOW)
    assert not sent.last_error
    assert sent.status not in PENDING
    (envelope,) = sent._recorded
    assert parse(envelope) == EmailSent(recipient_id=RECIPIENT.id, message_id="<4@example.com>", attempts=2)


@given(st.integers(1, 12))
def test_a_mail_that_is_always_refused_for_now_is_tried_once_more_than_there_are_delays(refusals: int) -> None:
    refused = mail()
    due = []
    for _ in range(refusals):
        if refused.status not in PENDING:
            break
        refused.claim_for(SENDER, after(60))
        refused.retry_later("451 later", DELAYS, NOW)
        due.append(refused.due_at)
    tries = min(refusals, len(DELAYS) + 1)
    assert refused.attempts == tries
    assert due[: len(DELAYS)] == [after(delay) for delay in DELAYS[:tries]]
    assert refused.status == ("failed" if refusals > len(DELAYS) else "queued")
    assert [envelope.type for envelope in refused._recorded] == (["mailer.email.failed"] if refusals > 3 else [])


def test_a_mail_whose_answer_was_lost_is_sent_once_more_and_then_only_by_an_admin() -> None:
    lost = mail("sending")
    lost.claim_for(SENDER, after(60))
    lost.mark_unknown("connection lost", after(3600))
    assert (lost.status, lost.attempts, lost.due_at, lost.claim) == ("unknown", 1, after(3600), None)
    assert lost.status not in PENDING
    (envelope,) = lost._recorded
    assert parse(envelope) == EmailOutcomeUnknown(
        recipient_id=RECIPIENT.id, message_id="<4@example.com>", attempts=1, reason="connection lost"
    )

    lost.retry(ADMIN, NOW)
    assert (lost.status, lost.due_at) == ("queued", NOW)
    lost.mark_unknown("connection lost", after(3600))
    assert (lost.status, lost.due_at) == ("unknown", None)


def test_an_unknown_mail_that_an_admin_marks_as_sent_is_not_sent_again() -> None:
    lost = mail("sending")
    lost.mark_unknown("connection lost", after(3600))
    lost.mark_sent_by(ADMIN)
    assert (lost.status, lost.due_at, lost.sent_at, lost.last_error) == ("sent", None, NOW, None)
    marked = lost._recorded[1]
    assert parse(marked) == EmailMarkedSent(recipient_id=RECIPIENT.id, message_id="<4@example.com>")
    assert marked.actor == ADMIN


@pytest.mark.parametrize("status", ["queued", "sending", "sent", "failed", "suppressed"])
def test_only_an_unknown_mail_is_marked_as_sent(status: Status) -> None:
    known = mail(status)
    with pytest.raises(Conflict):
        known.mark_sent_by(ADMIN)
    assert known._recorded == []


def test_a_mail_that_is_refused_for_good_is_not_tried_again_and_says_why() -> None:
    refused = mail("sending")
    refused.mark_failed("550 no such user")
    assert (refused.status, refused.attempts, refused.last_error) == ("failed", 1, "550 no such user")
    (envelope,) = refused._recorded
    assert parse(envelope) == EmailFailed(
        recipient_id=RECIPIENT.id, message_id="<4@example.com>", attempts=1, reason="550 no such user"
    )


def test_no_server_there_is_no_attempt_however_often() -> None:
    postponed = mail("sending", attempts=2)
    for _ in range(100):
        postponed.postpone("nobody there", after(10))
    assert (postponed.status, postponed.attempts, postponed.due_at) == ("queued", 2, after(10))
    assert postponed._recorded == []


ADMIN = Actor(id=UUID(int=9), name="Ada Admin", role="admin")


def test_a_temporary_refusal_is_retried_five_times_after_30_s_2_min_10_min_30_min_and_2_h() -> None:
    delays = MailerSettings.model_fields["mail_retry_delays"].default
    refused = mail()
    waits = []
    while refused.status in PENDING:
        refused.retry_later("451 later", delays, NOW)
        waits.append(refused.due_at and (refused.due_at - NOW).total_seconds())
    assert waits[:5] == [30, 120, 600, 1800, 7200]
    assert (refused.attempts, refused.status) == (6, "failed")


def test_a_mail_tried_again_by_an_admin_has_all_its_attempts_once_more() -> None:
    refused = mail()
    for _ in range(len(DELAYS) + 1):
        refused.retry_later("451 later", DELAYS, NOW)
    refused.refused = refused.address_suppressed = True
    refused.retry(ADMIN, NOW)
    assert (refused.address_suppressed, refused.last_error) == (False, None)
    assert (refused.status, refused.due_at, refused.attempts, refused.refused) == ("queued", NOW, 4, False)
    for _ in range(len(DELAYS)):
        refused.retry_later("451 later", DELAYS, NOW)
        assert refused.status == "queued"
    refused.retry_later("451 later", DELAYS, NOW)
    assert (refused.status, refused.attempts) == ("failed", 8)
    retried = refused._recorded[1]
    assert parse(retried) == EmailRetried(recipient_id=RECIPIENT.id, message_id="<4@example.com>")
    assert retried.actor == ADMIN


@pytest.mark.parametrize("status", ["queued", "sending", "sent"])
def test_a_mail_that_waits_or_is_sent_is_not_tried_again(status: Status) -> None:
    waiting = mail(status)
    with pytest.raises(Conflict):
        waiting.retry(ADMIN, NOW)
    assert waiting._recorded == []


@pytest.mark.parametrize(("expires_at", "expired"), [(None, False), (after(1), False), (NOW, True), (after(-1), True)])
def test_a_mail_is_of_no_use_from_the_moment_its_link_expires(expires_at: datetime | None, expired: bool) -> None:
    owed = mail("failed", expires_at=expires_at)
    assert owed.is_expired is expired
    if expired:
        with pytest.raises(Conflict, match="expired"):
            owed.retry(ADMIN, NOW)
    else:
        owed.retry(ADMIN, NOW)


@pytest.mark.parametrize("reason", ["address_suppressed", "link_expired"])
def test_a_mail_that_is_not_sent_on_purpose_says_why_and_counts_no_attempt(reason: SuppressionReason) -> None:
    held = mail("sending")
    held.suppress(reason)
    assert (held.status, held.attempts, held.last_error) == ("suppressed", 0, reason)
    assert held.status not in PENDING
    (envelope,) = held._recorded
    assert parse(envelope) == EmailSuppressed(recipient_id=RECIPIENT.id, message_id="<4@example.com>", reason=reason)


def test_an_unknown_mail_that_is_not_sent_once_more_stays_unknown() -> None:
    lost = mail("sending")
    lost.resent = True
    lost.suppress("unsubscribed")
    assert (lost.status, lost.last_error, lost.due_at, lost.claim) == ("unknown", "unsubscribed", None, None)
    assert lost._recorded == []


def test_a_mail_that_waits_for_the_next_hour_forgets_the_text_and_the_files() -> None:
    waiting = mail("sending")
    waiting.context = {"body": "secret", "files": [{"name": "secret.pdf", "size": 1}], "requester_unconfirmed": False}

    waiting.bundle("many mails", after(60))

    assert waiting.context == {"body": "", "files": [], "requester_unconfirmed": False}
