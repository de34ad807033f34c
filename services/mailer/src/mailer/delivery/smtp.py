"""The SMTP server, over a few connections that are kept open and used again."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiosmtplib
import structlog

from mailer.delivery.classification import Accepted, NotReached, Outcome, RefusedForNow, of_answer
from mailer.settings import MailerSettings

log = structlog.get_logger("smtp")


class SmtpServer:
    """Sends one message at a time per connection; a connection that failed is not used again."""

    def __init__(self, settings: MailerSettings) -> None:
        self._settings = settings
        self._idle: list[aiosmtplib.SMTP] = []

    async def send(self, message: EmailMessage) -> Outcome:
        """What became of it. Never raises for anything a server or network can do."""
        try:
            async with self._connection() as connection:
                return await _dialogue(connection, message)
        except (aiosmtplib.SMTPException, OSError, ssl.SSLError, TimeoutError) as error:
            return NotReached(
                f"{self._settings.smtp_host}:{self._settings.smtp_port}: {type(error).__name__} {error}"[:500]
            )

    async def close(self) -> None:
        """Says goodbye on all idle connections."""
        connections, self._idle = self._idle, []
        await asyncio.gather(*(connection.quit() for connection in connections), return_exceptions=True)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[aiosmtplib.SMTP]:
        connection = await self._idle_or_new()
        try:
            yield connection
        finally:
            if connection.is_connected:
                self._idle.append(connection)

    async def _idle_or_new(self) -> aiosmtplib.SMTP:
        while self._idle:
            connection = self._idle.pop()
            try:
                # Servers hang up on idle clients: better found out now than in the middle of a mail.
                await connection.noop()
            except (aiosmtplib.SMTPException, OSError):
                connection.close()
            else:
                return connection
        settings = self._settings
        connection = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            username=settings.smtp_username,
            password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
            timeout=settings.smtp_timeout_seconds,
        )
        await connection.connect()
        try:
            # Greets the server now (EHLO), which `send_message` would do too late: who refuses us refuses no mail.
            await connection.noop()
        except (aiosmtplib.SMTPException, OSError):
            connection.close()
            raise
        return connection


async def _dialogue(connection: aiosmtplib.SMTP, message: EmailMessage) -> Outcome:
    try:
        await connection.send_message(message)
    except aiosmtplib.SMTPRecipientsRefused as error:
        refused = error.recipients[0]
        return of_answer(refused.code, refused.message)
    except aiosmtplib.SMTPResponseException as error:
        return of_answer(error.code, error.message)
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        connection.close()
        return RefusedForNow(f"{type(error).__name__} {error}"[:500])
    return Accepted()
