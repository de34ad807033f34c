"""One attempt to send a claimed mail: what stands against it, the SMTP dialogue, and what its outcome means."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from email.errors import MessageError
from functools import partial
from typing import TypeVar

import structlog
from jinja2 import TemplateError
from prometheus_client import Counter, Histogram
from pymongo.errors import PyMongoError

from common import clock
from common.database_clock import DatabaseClock
from common.mongo import is_outage
from common.sealed import DecryptionError
from mailer.mail.document import Mail
from mailer.opt_outs import OptOuts
from mailer.rendering.message import MessageBuilder, OutgoingMessage
from mailer.sending.classification import (
    Accepted,
    ClaimLost,
    MailboxNotFound,
    Outcome,
    OutcomeUnknown,
    PermanentFailure,
    ServerUnavailable,
    TemporaryFailure,
)
from mailer.sending.domain_throttle import DomainThrottle
from mailer.sending.server_status import ServerStatus
from mailer.sending.smtp import SmtpServer
from mailer.sending.ticket_throttle import TicketThrottle, is_superseded, supersede_earlier
from mailer.settings import MailerSettings
from mailer.suppression.commands import add_missing_mailbox
from mailer.suppression.queries import is_suppressed

log = structlog.get_logger("sender")

T = TypeVar("T")

outcomes_total = Counter("helpdesk_mails_total", "Mails sent to the SMTP server, by outcome.", ["outcome"])
age_seconds = Histogram(
    "helpdesk_mail_age_seconds",
    "Time from the request of a mail to its acceptance by the SMTP server.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)

INTERRUPTED = "the sender stopped after it had sent the content and before it recorded the answer"


class AttemptRunner:
    """Changes the mail as the outcome says; storing it is the caller's."""

    def __init__(
        self,
        settings: MailerSettings,
        server: SmtpServer,
        builder: MessageBuilder,
        opt_outs: OptOuts,
        throttle: DomainThrottle,
        ticket_throttle: TicketThrottle,
        status: ServerStatus,
        database_clock: DatabaseClock,
    ) -> None:
        self._settings = settings
        self._server = server
        self._builder = builder
        self._opt_outs = opt_outs
        self._throttle = throttle
        self._ticket_throttle = ticket_throttle
        self._status = status
        self._clock = database_clock
        self._rendering = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rendering")

    async def run(self, mail: Mail) -> bool:
        """False if another sender has the mail now: then there is nothing to store."""
        if mail.claim is not None and mail.claim.data_begun:
            await self._apply(mail, OutcomeUnknown(INTERRUPTED))
        elif mail.is_expired:
            mail.suppress("link_expired")
        elif await retry_during_outage(partial(is_suppressed, mail)):
            mail.suppress("address_suppressed")
        elif await retry_during_outage(partial(self._opt_outs.include, mail)):
            mail.suppress("unsubscribed")
        elif await retry_during_outage(partial(is_superseded, mail)):
            mail.suppress("superseded")
        elif seconds := await retry_during_outage(partial(self._ticket_throttle.acquire, mail)):
            await retry_during_outage(partial(supersede_earlier, mail))
            until = await self._seconds_from_now(seconds)
            mail.bundle("many mails about this ticket: it waits for the next hour", until)
        elif seconds := await retry_during_outage(partial(self._throttle.acquire, mail.domain)):
            until = await self._seconds_from_now(seconds)
            mail.postpone(f"the limit for {mail.domain} is used up for {seconds:g} s", until)
        else:
            outcome = await self._send(mail)
            if isinstance(outcome, ClaimLost):
                return False
            await self._apply(mail, outcome)
        return True

    async def _send(self, mail: Mail) -> Outcome:
        try:
            message = await self._build(mail)
        except (TemplateError, ValueError, MessageError, LookupError, DecryptionError) as error:
            # Without a traceback: its values may hold a secret link.
            log.error("mail cannot be built", mail_id=str(mail.id), reason=f"{type(error).__name__} {error}")
            return PermanentFailure(f"it could not be built: {type(error).__name__} {error}"[:500])
        begin_data = partial(mail.begin_data, self._settings.claim_seconds)
        outcome = await self._server.send(message, partial(retry_during_outage, begin_data))
        return await self._note_availability(mail, outcome)

    async def _build(self, mail: Mail) -> OutgoingMessage:
        """In a thread: the Markdown of the worst body takes 29 ms."""
        return await asyncio.get_running_loop().run_in_executor(self._rendering, self._builder.build, mail)

    async def _note_availability(self, mail: Mail, outcome: Outcome) -> Outcome:
        """Logs the beginning and the end of an outage, not each attempt."""
        was_available = self._status.is_available
        match outcome:
            case ServerUnavailable(reason, stage) if stage.has_recipient:
                if was_available and mail.refused:
                    # It is refused again, while others are accepted: the refusal concerns this mail.
                    return TemporaryFailure(reason)
        if isinstance(outcome, ServerUnavailable | OutcomeUnknown):
            await retry_during_outage(partial(self._status.note_unavailable, outcome.public_reason))
            if was_available:
                log.warning("the SMTP server is unavailable: no mail is sent", reason=outcome.public_reason)
        elif not isinstance(outcome, ClaimLost) and not was_available:
            await retry_during_outage(self._status.note_available)
            log.info("the SMTP server is available again")
        return outcome

    async def _apply(self, mail: Mail, outcome: Outcome) -> None:
        outcomes_total.labels(type(outcome).__name__).inc()
        now = await retry_during_outage(self._clock.now)
        match outcome:
            case Accepted():
                mail.mark_sent()
                age_seconds.observe((clock.now() - mail.created_at).total_seconds())
            case TemporaryFailure(reason):
                mail.retry_later(reason, self._settings.mail_retry_delays, now)
            case PermanentFailure(reason):
                mail.mark_failed(reason)
            case MailboxNotFound(reason):
                await retry_during_outage(partial(add_missing_mailbox, mail))
                mail.mark_failed(reason)
            case OutcomeUnknown(reason):
                mail.mark_unknown(reason, self._resend_at(mail, now))
            case ServerUnavailable(reason, stage):
                mail.refused = mail.refused or stage.has_recipient
                mail.postpone(reason, now + timedelta(seconds=self._status.pause_seconds))

    def _resend_at(self, mail: Mail, now: datetime) -> datetime:
        """A mail with a link is of use only while the link works."""
        delay = timedelta(seconds=self._settings.mail_resend_seconds)
        return now + (delay if mail.expires_at is None else min(delay, (mail.expires_at - now) / 4))

    async def _seconds_from_now(self, seconds: float) -> datetime:
        return await retry_during_outage(self._clock.now) + timedelta(seconds=seconds)


async def retry_during_outage(operation: Callable[[], Awaitable[T]]) -> T:
    """Repeats `operation` while the database is down: no other replica can claim a mail then."""
    while True:
        try:
            return await operation()
        except PyMongoError as error:
            if not is_outage(error):
                raise
            log.warning("mail waits for the database", reason=str(error))
            await asyncio.sleep(0.5)
