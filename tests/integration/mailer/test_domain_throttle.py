"""No domain is flooded, however many replicas send."""

import asyncio
from typing import Any

from tests.support.mailer_fixture import MailerFixture, address_of, email_request
from tests.support.services import Installation
from tests.support.smtp import RecordingSmtp

ALLOWED, SECONDS = 3, 3


async def test_two_replicas_together_send_a_domain_no_more_than_it_gets_and_others_do_not_wait(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    settings: dict[str, Any] = {
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "mails_per_domain": ALLOWED,
        "mails_per_domain_seconds": SECONDS,
    }
    flood = [email_request(email=f"{number}@big.example") for number in range(2 * ALLOWED + 1)]
    others = [email_request(email=f"{number}@small-{number}.example") for number in range(4)]
    async with installation.run("mailer", **settings) as one, installation.run("mailer", **settings):
        room = MailerFixture(installation, one, smtp)
        await room.ask(*flood, *others)

        await asyncio.gather(*(room.became(request, "sent") for request in others))
        entries = [await room.became(request, "sent") for request in flood]

    times = sorted(entry["sent_at"] for entry in entries)
    # A window begins with its first mail. The first of the next window goes after the whole of it.
    for position in range(ALLOWED, len(times)):
        assert (times[position] - times[position - ALLOWED]).total_seconds() > SECONDS - 1, times
    assert {entry["attempts"] for entry in entries} == {1}
    assert {entry["last_error"] for entry in entries} == {None}


async def test_a_mail_that_waited_for_the_limit_and_meets_a_server_in_trouble_has_used_no_attempt(
    installation: Installation, smtp: RecordingSmtp
) -> None:
    settings: dict[str, Any] = {"smtp_host": "127.0.0.1", "smtp_port": smtp.port}
    first, second = (email_request(email=f"{number}@big.example") for number in range(2))
    smtp.answers[address_of(second)] = "550 5.4.5 daily sending limit exceeded"
    async with installation.run("mailer", **settings, mails_per_domain=1, mails_per_domain_seconds=2) as mailer:
        room = MailerFixture(installation, mailer, smtp)
        await room.ask(first)
        await room.became(first, "sent")
        await room.ask(second)
        await room.until(second, lambda entry: "the limit for big.example" in (entry["last_error"] or ""))

        entry = await room.until(second, lambda entry: entry["last_error"] == smtp.answers[address_of(second)])

        assert (entry["status"], entry["attempts"]) == ("queued", 0)
