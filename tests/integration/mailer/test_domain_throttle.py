"""No domain is flooded, however many replicas send."""

import asyncio
from typing import Any

from tests.support.mailer_fixture import MailerFixture, email_request
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
