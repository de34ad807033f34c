"""The SMTP server, over a few connections that are kept open and used again."""

import asyncio
import ssl
import time
from dataclasses import dataclass, field

import aiosmtplib
import structlog
from aiosmtplib import SMTPResponseException

from mailer.delivery.classification import Accepted, NotReached, Outcome, RefusedForNow, of_answer
from mailer.rendering.message import Letter
from mailer.settings import MailerSettings

log = structlog.get_logger("smtp")

IDLE_SECONDS = 30.0
"""Servers hang up on who says nothing for long, and what lies between may forget the connection without a word."""
CLOSING_CHANNEL = 421
_LOST = (aiosmtplib.SMTPException, OSError, TimeoutError)


@dataclass
class _Connection:
    smtp: aiosmtplib.SMTP
    is_new: bool = True
    idle_since: float = field(default_factory=time.monotonic)


class _HungUp(Exception):
    """The server had closed an idle connection before it heard of the mail: that says nothing about either."""


class SmtpServer:
    """Sends one message at a time per connection; a connection that failed is not used again."""

    def __init__(self, settings: MailerSettings) -> None:
        self._settings = settings
        self._idle: list[_Connection] = []
        self._tls: ssl.SSLContext | None = None

    async def send(self, letter: Letter) -> Outcome:
        """What became of it. Never raises for anything a server or network can do."""
        while True:
            try:
                connection = self._idle_one() or await self._new_one()
            except (*_LOST, ssl.SSLError) as error:
                settings = self._settings
                return NotReached(f"{settings.smtp_host}:{settings.smtp_port}: {type(error).__name__} {error}"[:500])
            try:
                return await _dialogue(connection, letter)
            except _HungUp:
                log.debug("the server hung up on an idle connection")
            finally:
                self._keep(connection)

    async def close(self) -> None:
        """Says goodbye on all idle connections."""
        connections, self._idle = self._idle, []
        await asyncio.gather(*(connection.smtp.quit() for connection in connections), return_exceptions=True)

    def _keep(self, connection: _Connection) -> None:
        if connection.smtp.is_connected:
            connection.is_new = False
            connection.idle_since = time.monotonic()
            self._idle.append(connection)

    def _idle_one(self) -> _Connection | None:
        """The one used last. Whether the server still knows it shows at the first command; to ask before would cost
        every mail a round trip."""
        while self._idle:
            connection = self._idle.pop()
            if connection.smtp.is_connected and time.monotonic() - connection.idle_since < IDLE_SECONDS:
                return connection
            connection.smtp.close()
        return None

    async def _new_one(self) -> _Connection:
        settings = self._settings
        smtp = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            use_tls=settings.smtp_tls == "tls",
            start_tls=settings.smtp_tls == "starttls",
            tls_context=await self._tls_context(),
            username=settings.smtp_username,
            password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
            timeout=settings.smtp_timeout_seconds,
        )
        await smtp.connect()
        try:
            # Greets the server now, which the first command would do too late: who refuses us refuses no mail.
            if smtp.is_ehlo_or_helo_needed:
                await _greet(smtp)
        except BaseException:
            smtp.close()
            raise
        return _Connection(smtp)

    async def _tls_context(self) -> ssl.SSLContext | None:
        """Made once, in a thread: it reads all certificates of the system."""
        if self._tls is None and self._settings.smtp_tls != "none":
            self._tls = await asyncio.to_thread(_trusting, self._settings)
        return self._tls


def _trusting(settings: MailerSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.smtp_ca_file is not None:
        context.load_verify_locations(cafile=settings.smtp_ca_file)
    return context


async def _greet(smtp: aiosmtplib.SMTP) -> None:
    try:
        await smtp.ehlo()
    except aiosmtplib.SMTPHeloError:
        await smtp.helo()


async def _dialogue(connection: _Connection, letter: Letter) -> Outcome:
    """Raises _HungUp."""
    smtp = connection.smtp
    try:
        await smtp.mail(letter.sender)
    except SMTPResponseException as error:
        if error.code == CLOSING_CHANNEL and not connection.is_new:
            raise _HungUp from None
        return await _refused(smtp, error)
    except _LOST as error:
        if not connection.is_new:
            raise _HungUp from None
        return _lost(smtp, error)
    try:
        await smtp.rcpt(letter.recipient)
        await smtp.data(letter.content)
    except SMTPResponseException as error:
        return await _refused(smtp, error)
    except _LOST as error:
        return _lost(smtp, error)
    return Accepted()


async def _refused(smtp: aiosmtplib.SMTP, error: SMTPResponseException) -> Outcome:
    try:
        if smtp.is_connected:
            await smtp.rset()  # the next mail begins anew
    except _LOST:
        smtp.close()
    return of_answer(error.code, error.message)


def _lost(smtp: aiosmtplib.SMTP, error: Exception) -> Outcome:
    smtp.close()
    return RefusedForNow(f"{type(error).__name__} {error}"[:500])
