"""The SMTP server, through a pool of connections."""

import asyncio
import ssl
import time
from dataclasses import dataclass, field

import aiosmtplib
import structlog
from aiosmtplib import SMTPResponseException

from mailer.rendering.message import OutgoingMessage
from mailer.sending.classification import Accepted, Outcome, PermanentFailure, TemporaryFailure, Unreachable, classify
from mailer.settings import MailerSettings

log = structlog.get_logger("smtp")

IDLE_SECONDS = 30.0
"""Servers close idle connections, and firewalls drop them silently."""
CLOSING_CHANNEL = 421
_LOST = (aiosmtplib.SMTPException, OSError, TimeoutError)


@dataclass
class _Connection:
    smtp: aiosmtplib.SMTP
    is_new: bool = True
    idle_since: float = field(default_factory=time.monotonic)


class _ConnectionClosed(Exception):
    """The server had closed an idle connection before the dialogue: this says nothing about the mail or the server."""


class SmtpServer:
    """Sends one message at a time per connection. A connection that failed is not reused."""

    def __init__(self, settings: MailerSettings) -> None:
        self._settings = settings
        self._idle: list[_Connection] = []
        self._tls: ssl.SSLContext | None = None

    async def send(self, message: OutgoingMessage) -> Outcome:
        """Never raises for anything that a server or network can do."""
        while True:
            try:
                connection = self._idle_connection() or await self._connect()
            except (*_LOST, ssl.SSLError) as error:
                settings = self._settings
                return Unreachable(f"{settings.smtp_host}:{settings.smtp_port}: {type(error).__name__} {error}"[:500])
            try:
                return await _dialogue(connection, message)
            except _ConnectionClosed:
                log.debug("the server closed an idle connection")
            finally:
                self._release(connection)

    async def close(self) -> None:
        """Closes all idle connections."""
        connections, self._idle = self._idle, []
        await asyncio.gather(*(connection.smtp.quit() for connection in connections), return_exceptions=True)

    def _release(self, connection: _Connection) -> None:
        if connection.smtp.is_connected:
            connection.is_new = False
            connection.idle_since = time.monotonic()
            self._idle.append(connection)

    def _idle_connection(self) -> _Connection | None:
        """The one used last. The first command shows whether it still works; a check would cost each mail a round
        trip."""
        while self._idle:
            connection = self._idle.pop()
            if connection.smtp.is_connected and time.monotonic() - connection.idle_since < IDLE_SECONDS:
                return connection
            connection.smtp.close()
        return None

    async def _connect(self) -> _Connection:
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
            # Greets the server before the dialogue: a server that refuses us does not refuse the mail.
            if smtp.is_ehlo_or_helo_needed:
                await _greet(smtp)
        except BaseException:
            smtp.close()
            raise
        return _Connection(smtp)

    async def _tls_context(self) -> ssl.SSLContext | None:
        """Created once, in a thread: it reads all certificates of the system."""
        if self._tls is None and self._settings.smtp_tls != "none":
            self._tls = await asyncio.to_thread(_create_tls_context, self._settings)
        return self._tls


def _create_tls_context(settings: MailerSettings) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if settings.smtp_ca_file is not None:
        context.load_verify_locations(cafile=settings.smtp_ca_file)
    return context


async def _greet(smtp: aiosmtplib.SMTP) -> None:
    try:
        await smtp.ehlo()
    except aiosmtplib.SMTPHeloError:
        await smtp.helo()


async def _dialogue(connection: _Connection, message: OutgoingMessage) -> Outcome:
    """Raises _ConnectionClosed."""
    smtp = connection.smtp
    if message.needs_smtputf8 and not smtp.supports_extension("smtputf8"):
        return PermanentFailure("the mail server does not support SMTPUTF8 (RFC 6531), which this address needs")
    is_known_open = connection.is_new
    try:
        await smtp.mail(message.sender, options=["SMTPUTF8"] if message.needs_smtputf8 else None)
        is_known_open = True
        await smtp.rcpt(message.recipient, encoding="utf-8")
        await smtp.data(message.content)
    except SMTPResponseException as error:
        if error.code == CLOSING_CHANNEL and not is_known_open:
            raise _ConnectionClosed from None
        return await _rejected(smtp, error)
    except _LOST as error:
        if not is_known_open:
            raise _ConnectionClosed from None
        return _lost(smtp, error)
    return Accepted()


async def _rejected(smtp: aiosmtplib.SMTP, error: SMTPResponseException) -> Outcome:
    try:
        if smtp.is_connected:
            await smtp.rset()  # ends the transaction of this mail
    except _LOST:
        smtp.close()
    return classify(error.code, error.message)


def _lost(smtp: aiosmtplib.SMTP, error: Exception) -> Outcome:
    smtp.close()
    return TemporaryFailure(f"{type(error).__name__} {error}"[:500])
