"""Sends the mails of the outbox: new ones at once, and those that become due; records each outcome.

A mail goes twice only if the server answers 250 and this process dies before it records that. It is then sent again
with the same Message-ID.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from email.errors import MessageError
from functools import partial
from typing import TypeVar

import structlog
from jinja2 import TemplateError
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Gauge, Histogram
from pymongo.errors import PyMongoError

from common import clock
from common.errors import VersionConflict
from common.mongo import cancellation_requested, is_outage
from common.sealed import DecryptionError
from common.telemetry import span
from mailer.mail.document import PENDING, Mail
from mailer.rendering.message import MessageBuilder
from mailer.sending.classification import Accepted, Outcome, PermanentFailure, TemporaryFailure, Unreachable
from mailer.sending.domain_throttle import DomainThrottle
from mailer.sending.smtp import SmtpServer
from mailer.sending.ticket_throttle import TicketThrottle, is_superseded, supersede_earlier
from mailer.settings import MailerSettings
from mailer.suppression.queries import is_suppressed

log = structlog.get_logger("sender")

T = TypeVar("T")

POLL_SECONDS = 1.0
MEASURE_SECONDS = 5.0
MAX_PAUSE_SECONDS = 10.0
SHUTDOWN_GRACE_SECONDS = 5

outcomes_total = Counter("helpdesk_mails_total", "Mails sent to the SMTP server, by outcome.", ["outcome"])
age_seconds = Histogram(
    "helpdesk_mail_age_seconds",
    "Time from the request of a mail to its acceptance by the SMTP server.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
waiting_gauge = Gauge("helpdesk_mails_waiting", "Mails that are queued or being sent.")


class MailSender:
    """Runs in every worker. A mail is claimed by a conditional write, so exactly one of them sends it."""

    name = "sender"

    def __init__(
        self,
        settings: MailerSettings,
        server: SmtpServer,
        builder: MessageBuilder,
        throttle: DomainThrottle,
        ticket_throttle: TicketThrottle,
        wake_up: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._server = server
        self._builder = builder
        self._throttle = throttle
        self._ticket_throttle = ticket_throttle
        self._wake_up = wake_up
        self._running = False
        self._capacity = settings.smtp_connections
        self._in_flight: set[asyncio.Task[None]] = set()
        self._rendering = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rendering")
        self._is_reachable = True
        self._pause = 0.0
        self._paused_until = 0.0
        self._measured_at = float("-inf")

    def reserve_capacity(self) -> float | None:
        """Reserves capacity for one mail. Returns the seconds for which to claim it; None if the mail must wait."""
        if not self._running or self._capacity == 0 or time.monotonic() < self._paused_until:
            return None
        self._capacity -= 1
        return self._settings.claim_seconds

    def release_capacity(self) -> None:
        """The mail has an outcome, or was not stored after all."""
        was_full = self._capacity == 0
        self._capacity += 1
        if was_full or not self._running:
            self._wake_up.set()  # mails may wait for capacity, or `run` waits for all mails in flight

    def dispatch(self, mail: Mail) -> None:
        """Sends a claimed mail in the background, with the capacity reserved for it."""
        task = asyncio.create_task(self._send(mail), name=f"mail {mail.id}")
        self._in_flight.add(task)
        task.add_done_callback(self._on_done)

    async def run(self) -> None:
        """Until cancelled. Mails in flight are finished first."""
        self._running = True
        try:
            while not cancellation_requested():
                self._wake_up.clear()
                try:
                    await self._dispatch_due()
                    await self._measure()
                except PyMongoError as error:
                    log.warning("sender waits for the database", reason=str(error))
                    await asyncio.sleep(POLL_SECONDS)
                    continue
                await self._wait()
        finally:
            self._running = False
            await self._drain()
            await self._server.close()

    async def _drain(self) -> None:
        """Waits for reserved capacity too: a mail that is stored as claimed must not wait for its claim to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_GRACE_SECONDS):
                while self._capacity < self._settings.smtp_connections:
                    self._wake_up.clear()
                    await self._wake_up.wait()

    async def _dispatch_due(self) -> None:
        while (seconds := self.reserve_capacity()) is not None:
            mail = None
            try:
                mail = await Mail.claim_next(seconds, excluded_domains=self._throttle.exhausted)
            finally:
                if mail is None:
                    self._capacity += 1
            if mail is None:
                return
            self.dispatch(mail)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._in_flight.discard(task)
        self.release_capacity()
        if not task.cancelled() and (error := task.exception()) is not None:
            # The mail is still claimed: it is tried again when the claim ends.
            log.error("mail has no recorded outcome", exc_info=error)

    async def _send(self, mail: Mail) -> None:
        with span(
            "send mail", kind=SpanKind.CLIENT, traceparent=mail.traceparent, **{"messaging.message.id": mail.message_id}
        ):
            await self._attempt(mail)
            await self._record(mail)
            log.info("mail", mail_id=str(mail.id), status=mail.status, attempts=mail.attempts, reason=mail.last_error)

    async def _attempt(self, mail: Mail) -> None:
        if mail.is_expired:
            mail.suppress("link_expired")
        elif await _retry_during_outage(partial(is_suppressed, mail)):
            mail.suppress("address_suppressed")
        elif await _retry_during_outage(partial(is_superseded, mail)):
            mail.suppress("superseded")
        elif seconds := await _retry_during_outage(partial(self._ticket_throttle.acquire, mail)):
            await _retry_during_outage(partial(supersede_earlier, mail))
            mail.bundle("many mails about this ticket: it waits for the next hour", seconds)
        elif seconds := await _retry_during_outage(partial(self._throttle.acquire, mail.domain)):
            mail.postpone(f"the limit for {mail.domain} is used up for {seconds:g} s", seconds)
        else:
            self._apply(mail, await self._outcome(mail))

    async def _outcome(self, mail: Mail) -> Outcome:
        try:
            # In a thread: the Markdown of the worst body takes 40 ms.
            message = await asyncio.get_running_loop().run_in_executor(self._rendering, self._builder.build, mail)
        except (TemplateError, ValueError, MessageError, LookupError, DecryptionError) as error:
            # Without a traceback: its values may hold a secret link.
            log.error("mail cannot be built", mail_id=str(mail.id), reason=f"{type(error).__name__} {error}")
            return PermanentFailure(f"it could not be built: {type(error).__name__} {error}"[:500])
        outcome = await self._server.send(message)
        self._note_reachability(outcome)
        return outcome

    def _apply(self, mail: Mail, outcome: Outcome) -> None:
        outcomes_total.labels(type(outcome).__name__).inc()
        match outcome:
            case Accepted():
                mail.mark_sent()
                age_seconds.observe((clock.now() - mail.created_at).total_seconds())
            case TemporaryFailure(reason):
                mail.retry_later(reason, self._settings.mail_retry_delays)
            case PermanentFailure(reason):
                mail.mark_failed(reason)
            case Unreachable(reason):
                self._back_off()
                mail.postpone(reason, self._pause)

    def _note_reachability(self, outcome: Outcome) -> None:
        """Logs the beginning and the end of an outage, not each attempt."""
        if isinstance(outcome, Unreachable):
            if self._is_reachable:
                log.warning("the SMTP server is unreachable or not trusted", reason=outcome.reason)
            self._is_reachable = False
            return
        if not self._is_reachable:
            log.info("the SMTP server is reachable again")
        self._is_reachable = True
        self._pause = 0.0

    def _back_off(self) -> None:
        """Pauses all mails, longer each time the server is still unreachable after a pause."""
        now = time.monotonic()
        if now >= self._paused_until:
            self._pause = min(self._pause * 2 or 0.5, MAX_PAUSE_SECONDS)
            self._paused_until = now + self._pause

    async def _record(self, mail: Mail) -> None:
        """Must not give up: a mail whose acceptance is not recorded is sent twice."""
        try:
            await _retry_during_outage(mail.commit)
        except VersionConflict:
            # Our own write succeeded and its answer was lost, or the claim had ended.
            log.warning("the mail was changed meanwhile", mail_id=str(mail.id))

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at >= MEASURE_SECONDS:
            self._measured_at = time.monotonic()
            pending = {"status": {"$in": list(PENDING)}}
            waiting_gauge.set(await Mail.get_pymongo_collection().count_documents(pending, hint="due"))

    async def _wait(self) -> None:
        paused = self._paused_until - time.monotonic()
        with suppress(TimeoutError):
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(min(paused, POLL_SECONDS) if paused > 0 else POLL_SECONDS):
                await self._wake_up.wait()


async def _retry_during_outage(operation: Callable[[], Awaitable[T]]) -> T:
    """Repeats `operation` while the database is down: no other replica takes a claimed mail until its claim ends."""
    while True:
        try:
            return await operation()
        except PyMongoError as error:
            if not is_outage(error):
                raise
            log.warning("mail waits for the database", reason=str(error))
            await asyncio.sleep(0.5)
