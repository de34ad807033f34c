"""The SMTP server, through a pool of connections."""

import asyncio
import re
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiosmtplib
import structlog
from aiosmtplib import SMTPResponseException, SMTPStatus
from aiosmtplib.protocol import SMTPProtocol

from mailer.rendering.message import OutgoingMessage
from mailer.sending.classification import (
    Accepted,
    ClaimLost,
    Outcome,
    OutcomeUnknown,
    PermanentFailure,
    ServerUnavailable,
    Stage,
    classify,
    is_closing,
)
from mailer.settings import MailerSettings

log = structlog.get_logger("smtp")

IDLE_SECONDS = 30.0
"""Servers close idle connections, and firewalls drop them silently."""
BeginData = Callable[[], Awaitable[bool]]
"""Called when the server has accepted the recipient, before DATA. False if the content must not be sent."""

_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
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

    async def send(self, message: OutgoingMessage, begin_data: BeginData) -> Outcome:
        """Never raises for anything that a server or network can do; raises what `begin_data` raises."""
        while True:
            try:
                connection = self._idle_connection() or await self._connect()
            except (*_LOST, ssl.SSLError) as error:
                settings = self._settings
                address = f"{settings.smtp_host}:{settings.smtp_port}"
                return ServerUnavailable(f"{address}: {type(error).__name__} {error}"[:500])
            try:
                return await _dialogue(connection, message, begin_data)
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


async def _dialogue(connection: _Connection, message: OutgoingMessage, begin_data: BeginData) -> Outcome:
    """Raises _ConnectionClosed."""
    smtp = connection.smtp
    if message.needs_smtputf8 and not smtp.supports_extension("smtputf8"):
        return PermanentFailure("the mail server does not support SMTPUTF8 (RFC 6531), which this address needs")
    stage = Stage.MAIL
    try:
        await smtp.mail(message.sender, options=["SMTPUTF8"] if message.needs_smtputf8 else None)
        stage = Stage.RCPT
        await smtp.rcpt(message.recipient, encoding="utf-8")
        if not await begin_data():
            await _reset(smtp)
            return ClaimLost()
        stage = Stage.DATA
        reply = await smtp.execute_command(b"DATA")
        if reply.code == SMTPStatus.start_input:
            content = _LEADING_DOT.sub(b"..", message.content) + b".\r\n"  # RFC 5321 section 4.5.2
            protocol = _protocol_of(smtp)
            protocol.write(content)
            stage = Stage.CONTENT
            reply = await protocol.read_response(timeout=smtp.timeout)
    except SMTPResponseException as error:
        if stage is Stage.MAIL and not connection.is_new and is_closing(error.code, error.message):
            smtp.close()
            raise _ConnectionClosed from None
        reply = aiosmtplib.SMTPResponse(error.code, error.message)
    except _LOST as error:
        smtp.close()
        if stage is Stage.MAIL and not connection.is_new:
            raise _ConnectionClosed from None
        reason = f"{type(error).__name__} {error}"[:500]
        return OutcomeUnknown(reason) if stage is Stage.CONTENT else ServerUnavailable(reason, stage)
    except BaseException:
        smtp.close()  # the dialogue stopped in the middle
        raise
    outcome = classify(stage, reply.code, reply.message)
    if isinstance(outcome, OutcomeUnknown):
        smtp.close()
    elif not isinstance(outcome, Accepted):
        await _reset(smtp)
    return outcome


def _protocol_of(smtp: aiosmtplib.SMTP) -> SMTPProtocol:
    """`SMTP.data` does not tell whether it lost the connection before or after the content."""
    if smtp.protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    return smtp.protocol


async def _reset(smtp: aiosmtplib.SMTP) -> None:
    """Ends the transaction of this mail."""
    try:
        if smtp.is_connected:
            await smtp.rset()
    except _LOST:
        smtp.close()
