"""Sends the mails of the outbox: new ones at once, and those that become due; records each outcome.

A mail can be accepted twice only where the answer to its content was lost, or this process died before it recorded the
answer: its status is then `unknown`, and it is sent once more with the same Message-ID (docs/decisions/0040).
"""

import asyncio
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from uuid import UUID

import structlog
from opentelemetry.trace import SpanKind
from prometheus_client import Gauge
from pymongo.errors import PyMongoError

from common.database_clock import DatabaseClock
from common.errors import VersionConflict
from common.ids import new_id
from common.loops import cancel_and_wait, repeat
from common.mongo import cancellation_requested
from common.telemetry import span
from mailer.mail.document import PENDING, Mail
from mailer.sending.attempt import AttemptRunner, retry_during_outage
from mailer.sending.domain_throttle import DomainThrottle
from mailer.sending.server_status import LONGEST_PAUSE_SECONDS, ServerStatus
from mailer.sending.smtp import SmtpServer
from mailer.settings import MailerSettings

log = structlog.get_logger("sender")

POLL_SECONDS = 1.0
MEASURE_SECONDS = 5.0
MOST_MEASURED = 10_000
SHUTDOWN_GRACE_SECONDS = 5

waiting_gauge = Gauge("helpdesk_mails_waiting", f"Mails that are queued or being sent; at most {MOST_MEASURED}.")


class MailSender:
    """Runs in every worker. A mail is claimed by a conditional write, so exactly one of them sends it."""

    name = "sender"

    def __init__(
        self,
        settings: MailerSettings,
        server: SmtpServer,
        attempts: AttemptRunner,
        throttle: DomainThrottle,
        status: ServerStatus,
        database_clock: DatabaseClock,
        wake_up: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._server = server
        self._attempts = attempts
        self._throttle = throttle
        self._status = status
        self._clock = database_clock
        self._wake_up = wake_up
        self._id = new_id()
        self._running = False
        self._capacity = settings.smtp_connections
        self._in_flight: dict[asyncio.Task[None], Mail] = {}
        self._last_domain = ""
        self._measured_at = float("-inf")

    def reserve_capacity(self) -> bool:
        """Reserves capacity for one mail. False if the mail must wait."""
        if not self._running or self._capacity == 0 or self._status.pause_seconds > 0:
            return False
        self._capacity -= 1
        return True

    def release_capacity(self) -> None:
        """The mail has an outcome, or was not stored after all."""
        was_full = self._capacity == 0
        self._capacity += 1
        if was_full or not self._running:
            self._wake_up.set()  # mails may wait for capacity, or `run` waits for all mails in flight

    async def claim_new(self, mail: Mail) -> None:
        """Claims a mail that is not stored yet."""
        mail.claim_for(self._id, await self._clock.now() + timedelta(seconds=self._settings.claim_seconds))

    def dispatch(self, mail: Mail) -> None:
        """Sends a claimed mail in the background, with the capacity reserved for it."""
        task = asyncio.create_task(self._send(mail), name=f"mail {mail.id}")
        self._in_flight[task] = mail
        task.add_done_callback(self._on_done)

    async def run(self) -> None:
        """Until cancelled. Mails in flight are finished first."""
        pause = self._settings.claim_seconds / 3
        renewing = asyncio.create_task(repeat(self._renew_claims, pause_seconds=pause, name="claims"))
        self._running = True
        try:
            while not cancellation_requested():
                self._wake_up.clear()
                try:
                    await self._status.read()
                    await self._dispatch_due()
                    await self._end_outage_without_mails()
                    await self._measure()
                except PyMongoError as error:
                    log.warning("sender waits for the database", reason=str(error))
                    await asyncio.sleep(POLL_SECONDS)
                    continue
                await self._wait()
        finally:
            self._running = False
            await self._drain()
            await cancel_and_wait([renewing])
            await self._server.close()

    async def _drain(self) -> None:
        """Waits for reserved capacity too: a mail that is stored as claimed must not wait for its claim to end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SHUTDOWN_GRACE_SECONDS):
                while self._capacity < self._settings.smtp_connections:
                    self._wake_up.clear()
                    await self._wake_up.wait()

    async def _renew_claims(self) -> None:
        """A dialogue may take longer than a claim: the timeout applies to each command of it."""
        if ids := self._ids_in_flight():
            await Mail.renew_claims(ids, self._id, self._settings.claim_seconds)

    def _ids_in_flight(self) -> list[UUID]:
        return [mail.id for mail in self._in_flight.values()]

    async def _dispatch_due(self) -> None:
        while self.reserve_capacity():
            mail = None
            try:
                mail = await self._claim_next()
            finally:
                if mail is None:
                    self._capacity += 1
            if mail is None:
                return
            self.dispatch(mail)

    async def _claim_next(self) -> Mail | None:
        mail = await Mail.claim_next(
            self._id,
            self._settings.claim_seconds,
            after_domain=self._last_domain,
            excluded_domains=self._throttle.exhausted,
            excluded_ids=self._ids_in_flight(),
        )
        if mail is not None:
            self._last_domain = mail.domain
        return mail

    def _on_done(self, task: asyncio.Task[None]) -> None:
        del self._in_flight[task]
        self.release_capacity()
        if not task.cancelled() and (error := task.exception()) is not None:
            # The mail is still claimed: it is tried again when the claim ends.
            log.error("mail has no recorded outcome", exc_info=error)

    async def _send(self, mail: Mail) -> None:
        with span(
            "send mail", kind=SpanKind.CLIENT, traceparent=mail.traceparent, **{"messaging.message.id": mail.message_id}
        ):
            if not await self._attempts.run(mail):
                log.warning("another sender has claimed the mail", mail_id=str(mail.id))
                return
            await self._record(mail)
            log.info("mail", mail_id=str(mail.id), status=mail.status, attempts=mail.attempts, reason=mail.last_error)

    async def _record(self, mail: Mail) -> None:
        """Must not give up: a mail whose acceptance is not recorded is sent twice."""
        try:
            await retry_during_outage(mail.commit)
        except VersionConflict:
            # Our own write succeeded and its answer was lost, or another sender has claimed the mail meanwhile.
            log.warning("the mail was changed meanwhile", mail_id=str(mail.id))
            if mail.status == "sent":
                await retry_during_outage(partial(Mail.modify, mail.id, mail.organisation_id, _record_acceptance))

    async def _end_outage_without_mails(self) -> None:
        if not self._status.is_available and self._status.pause_seconds == 0:
            seconds = max(self._settings.claim_seconds, LONGEST_PAUSE_SECONDS)
            if not await has_imminent_mail(seconds):
                await self._status.end_outage_without_mails()

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at >= MEASURE_SECONDS:
            self._measured_at = time.monotonic()
            waiting_gauge.set(await pending_mails())

    async def _wait(self) -> None:
        paused = self._status.pause_seconds
        with suppress(TimeoutError):
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(min(paused, POLL_SECONDS) if paused > 0 else POLL_SECONDS):
                await self._wake_up.wait()


async def pending_mails() -> int:
    """The number of mails that are queued or being sent, at most MOST_MEASURED."""
    pending = {"status": {"$in": list(PENDING)}, "due_at": {"$type": "date"}}
    return await Mail.get_pymongo_collection().count_documents(pending, hint="due", limit=MOST_MEASURED)


async def has_imminent_mail(seconds: float) -> bool:
    """Whether a mail, or the claim on one that is being sent, is due within that time."""
    soon = {"$dateAdd": {"startDate": "$$NOW", "unit": "second", "amount": int(seconds)}}
    imminent = {"domain": {"$gt": ""}, "due_at": {"$type": "date"}, "$expr": {"$lte": ["$due_at", soon]}}
    return await Mail.get_pymongo_collection().find_one(imminent, {"_id": 1}, hint="due") is not None


def _record_acceptance(mail: Mail) -> None:
    if mail.status != "sent":
        mail.mark_sent()
