"""A claim on a mail: whose clock it keeps, what it costs to take one, and what the mailer's other queries cost."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from common import clock
from common.ids import new_id
from mailer.mail.document import Mail
from mailer.rendering.examples import example
from mailer.sending.sender import MOST_MEASURED, has_imminent_mail, pending_mails
from mailer.sending.server_status import ServerStatus
from mailer.sending.ticket_throttle import is_superseded, supersede_earlier
from mailer.suppression.queries import is_suppressed
from tests.support.mailer_fixture import MailerFixture, email_request
from tests.support.query_plans import planned
from tests.support.services import Installation, RunningService
from tests.support.smtp import SAY_NOTHING, RecordingSmtp

MANY = 3_000
SENDER = uuid4()


@pytest.mark.parametrize("seconds", [120, -120])
async def test_a_mailer_whose_clock_differs_by_two_minutes_takes_no_mail_that_another_is_sending(
    installation: Installation, smtp: RecordingSmtp, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    now = clock.now

    def other_clock() -> datetime:
        return now() + timedelta(seconds=seconds)

    settings: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port, "smtp_timeout_seconds": 3}
    async with installation.run("mailer", **settings) as mailer:
        room, request = MailerFixture(installation, mailer, smtp), email_request()
        smtp.answer_next("CONTENT", SAY_NOTHING)
        # Either the mailer that claims, or the one that looks for due mails, has the other clock.
        with monkeypatch.context() as patch:
            if seconds < 0:
                patch.setattr(clock, "now", other_clock)
            await room.ask(request)
            await room.until(request, lambda entry: entry["claim"] is not None and entry["claim"]["data_begun"])
        with monkeypatch.context() as patch:
            if seconds > 0:
                patch.setattr(clock, "now", other_clock)
            assert await Mail.claim_next(SENDER, 60) is None


@pytest_asyncio.fixture
async def api(installation: Installation) -> AsyncIterator[RunningService]:
    """Without a sender, whose queries would be recorded too."""
    async with installation.run("mailer", "api") as running:
        yield running


async def store(*mails: Mail) -> None:
    await Mail.get_pymongo_collection().insert_many([mail.to_insert() for mail in mails])


def due_mail(domain: str, *, seconds: float = -60, **fields: Any) -> Mail:
    """A queued mail that is due since a minute, by default."""
    at = clock.now()
    address = f"{uuid4()}@{domain}"
    times = {"requested_at": at, "created_at": at}
    values = dict(example("replied")) | {"id": new_id(), "address": address, "domain": domain, **times}
    return Mail(**{**values, "due_at": at + timedelta(seconds=seconds), **fields})


async def test_many_mails_of_a_throttled_domain_cost_the_other_domains_nothing(api: RunningService) -> None:
    await store(*(due_mail("big.example") for _ in range(MANY)))
    await store(*(due_mail("later.example", seconds=3600) for _ in range(MANY)))
    await store(due_mail("a.example"), due_mail("z.example"))

    async with planned(api.db) as plans:
        domains = []
        while mail := await Mail.claim_next(SENDER, 60, after_domain="m", excluded_domains=["big.example"]):
            domains.append(mail.domain)

    assert domains == ["z.example", "a.example"]
    for plan in plans.of("mails"):
        assert (plan.keys <= 12, plan.documents <= 1) == (True, True), plan


async def test_domains_with_due_mails_take_turns(api: RunningService) -> None:
    await store(*(due_mail("big.example") for _ in range(100)), *(due_mail("small.example") for _ in range(3)))

    domains = []
    last = ""
    async with planned(api.db) as plans:
        for _ in range(6):
            mail = await Mail.claim_next(SENDER, 60, after_domain=last)
            assert mail is not None
            domains.append(last := mail.domain)

    assert domains == ["big.example", "small.example"] * 3
    assert max(plan.documents for plan in plans.of("mails")) <= 1


async def test_a_mail_in_flight_is_not_claimed_by_its_own_sender_whatever_became_of_its_claim(
    api: RunningService,
) -> None:
    mail = due_mail("a.example")
    await store(mail)

    assert await Mail.claim_next(SENDER, 60, excluded_ids=[mail.id]) is None
    assert await Mail.claim_next(SENDER, 60) is not None


async def test_no_other_query_of_the_sender_grows_with_the_outbox(api: RunningService) -> None:
    ticket = new_id()
    waiting = due_mail("a.example", bundled=True, ticket_id=ticket)
    await store(waiting, *(due_mail("big.example") for _ in range(MANY)))
    await store(*(due_mail("sent.example", status="sent", due_at=None) for _ in range(MANY)))
    newest = due_mail("a.example", bundled=True, ticket_id=ticket)

    async with planned(api.db) as plans:
        await is_superseded(waiting)
        await supersede_earlier(newest)
        await is_suppressed(waiting)
        await ServerStatus(api.db).read()
        assert await has_imminent_mail(60)
        await Mail.renew_claims([waiting.id], SENDER, 60)
        assert await pending_mails() == MANY

    *others, pending = plans.of("mails")
    assert all(plan.keys <= 5 and plan.documents <= 5 for plan in others), others
    assert (pending.by, pending.keys <= MOST_MEASURED + 2) == ("IXSCAN { domain: 1, due_at: 1 }", True)
