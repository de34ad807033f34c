"""What tests of mailer stand on: a mailer and a mail server shared by a module."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.support.mailroom import MailRoom
from tests.support.services import Installation
from tests.support.smtp import recording_smtp

RETRY_DELAYS = [0.05, 0.05]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def room(shared_installation: Installation) -> AsyncIterator[MailRoom]:
    """Tries a mail three times."""
    async with (
        recording_smtp() as smtp,
        shared_installation.run(
            "mailer", smtp_host="127.0.0.1", smtp_port=smtp.port, mail_retry_delays=RETRY_DELAYS
        ) as mailer,
    ):
        yield MailRoom(shared_installation, mailer, smtp)
