"""Sends what is asked for in this process at once, and takes from the ledger what is due besides; writes down what came
of it.

The window in which a mail can go twice: the server has said 250, and this process dies before the ledger knows. The
mail is sent again then, with the same Message-ID. Nothing else sends one twice.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from email.errors import MessageError
from functools import partial
from typing import Protocol, TypeVar

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
from mailer.delivery.classification import Accepted, NotReached, Outcome, Refused, RefusedForNow
from mailer.delivery.domains import DomainLimits
from mailer.mail.document import WAITING, Mail
from mailer.rendering.message import Letter, Writer
from mailer.settings import MailerSettings
from mailer.suppression.queries import is_suppressed

log = structlog.get_logger("sender")

T = TypeVar("T")

POLL_SECONDS = 1.0
MEASURE_SECONDS = 5.0
MAX_PAUSE_SECONDS = 10.0
LAST_WORDS_SECONDS = 5

outcomes_total = Counter("helpdesk_mails_total", "Mails given to the SMTP server, by what it said.", ["outcome"])
age_seconds = Histogram(
    "helpdesk_mail_age_seconds",
    "From when a mail was asked for to when the SMTP server took it.",
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800),
)
waiting_gauge = Gauge("helpdesk_mails_waiting", "Mails that are owed and not sent yet.")


class MailServer(Protocol):
    """Where mails are given to. Says what became of each and raises nothing for what a server or network can do."""

    async def send(self, letter: Letter) -> Outcome: ...

    async def close(self) -> None: ...


class Sender:
    """Runs in every worker; a mail is claimed by a conditional write, so each is sent by one of them."""

    name = "sender"

    def __init__(
        self,
        settings: MailerSettings,
        server: MailServer,
        writer: Writer,
        limits: DomainLimits,
        woken: asyncio.Event,
    ) -> None:
        self._settings = settings
        self._server = server
        self._writer = writer
        self._limits = limits
        self._woken = woken
        self._running = False
        self._free = settings.smtp_connections
        self._under_way: set[asyncio.Task[None]] = set()
        self._pause = 0.0
        self._paused_until = 0.0
        self._measured_at = float("-inf")

    def reserve(self) -> float | None:
        """Room for one mail, and for how many seconds it is claimed; None where it must wait in the ledger."""
        if not self._running or self._free == 0 or time.monotonic() < self._paused_until:
            return None
        self._free -= 1
        return self._settings.claim_seconds

    def give_back(self) -> None:
        """The room is free again: its mail is settled, or there was none after all."""
        was_full = self._free == 0
        self._free += 1
        if was_full or not self._running:
            self._woken.set()  # a mail may have been turned away, or `run` waits for all to be settled

    def carry(self, mail: Mail) -> None:
        """Sends a claimed mail, in the room that was reserved for it."""
        task = asyncio.create_task(self._send(mail), name=f"mail {mail.id}")
        self._under_way.add(task)
        task.add_done_callback(self._carried)

    async def run(self) -> None:
        """Until cancelled; mails for which there is room already are sent first."""
        self._running = True
        try:
            while not cancellation_requested():
                self._woken.clear()
                try:
                    await self._take_due()
                    await self._measure()
                except PyMongoError as error:
                    log.warning("sender waits", reason=str(error))
                    await asyncio.sleep(POLL_SECONDS)
                    continue
                await self._until_woken()
        finally:
            self._running = False
            await self._until_empty()
            await self._server.close()

    async def _until_empty(self) -> None:
        """A mail that is just being taken down counts, too: left behind, it would be nobody's until its claim ends."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORDS_SECONDS):
                while self._free < self._settings.smtp_connections:
                    self._woken.clear()
                    await self._woken.wait()

    async def _take_due(self) -> None:
        while (seconds := self.reserve()) is not None:
            mail = None
            try:
                mail = await Mail.claim_next(seconds, but_not_to=self._limits.used_up)
            finally:
                if mail is None:
                    self._free += 1
            if mail is None:
                return
            self.carry(mail)

    def _carried(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.give_back()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Still claimed: another try comes when the claim runs out.
            log.error("mail not settled", exc_info=error)

    async def _send(self, mail: Mail) -> None:
        with span(
            "send mail", kind=SpanKind.CLIENT, traceparent=mail.traceparent, **{"messaging.message.id": mail.message_id}
        ):
            await self._settle(mail)
            await self._write_down(mail)
            log.info("mail", mail_id=str(mail.id), status=mail.status, attempts=mail.attempts, reason=mail.last_error)

    async def _settle(self, mail: Mail) -> None:
        """What becomes of it: sent, or not on purpose, or not now, or never."""
        if mail.is_expired:
            mail.suppressed("link_expired")
        elif await _patiently(partial(is_suppressed, mail)):
            mail.suppressed("address_suppressed")
        elif seconds := await _patiently(partial(self._limits.wait_for, mail.domain)):
            mail.postponed(f"{mail.domain} gets no more mails for {seconds:g} s", seconds)
        else:
            self._note(mail, await self._outcome(mail))

    async def _outcome(self, mail: Mail) -> Outcome:
        try:
            letter = self._writer.letter(mail)
        except (TemplateError, ValueError, MessageError, LookupError, DecryptionError) as error:
            # Without its traceback: the values in it may be of a secret link.
            log.error("mail can not be written", mail_id=str(mail.id), reason=f"{type(error).__name__} {error}")
            return Refused(f"it could not be written: {type(error).__name__} {error}"[:500])
        return await self._server.send(letter)

    def _note(self, mail: Mail, outcome: Outcome) -> None:
        outcomes_total.labels(type(outcome).__name__).inc()
        if not isinstance(outcome, NotReached):
            self._pause = 0.0
        match outcome:
            case Accepted():
                mail.sent()
                age_seconds.observe((clock.now() - mail.created_at).total_seconds())
            case RefusedForNow(reason):
                mail.refused_for_now(reason, self._settings.mail_retry_delays)
            case Refused(reason):
                mail.refused(reason)
            case NotReached(reason):
                self._pause_all()
                mail.postponed(reason, self._pause)

    def _pause_all(self) -> None:
        """No use in trying the next ones at once; the pause grows with each time that nobody was there after it."""
        now = time.monotonic()
        if now >= self._paused_until:
            self._pause = min(self._pause * 2 or 0.5, MAX_PAUSE_SECONDS)
            self._paused_until = now + self._pause

    async def _write_down(self, mail: Mail) -> None:
        """To forget what the server said would send the mail twice."""
        try:
            await _patiently(mail.commit)
        except VersionConflict:
            # Either our own write got through and only its answer was lost, or the claim had run out.
            log.warning("the ledger was written by somebody else", mail_id=str(mail.id))

    async def _measure(self) -> None:
        if time.monotonic() - self._measured_at >= MEASURE_SECONDS:
            self._measured_at = time.monotonic()
            waiting = {"status": {"$in": list(WAITING)}}
            waiting_gauge.set(await Mail.get_pymongo_collection().count_documents(waiting, hint="due"))

    async def _until_woken(self) -> None:
        paused = self._paused_until - time.monotonic()
        with suppress(TimeoutError):
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(min(paused, POLL_SECONDS) if paused > 0 else POLL_SECONDS):
                await self._woken.wait()


async def _patiently(operation: Callable[[], Awaitable[T]]) -> T:
    """Does not give up while the database is away: a claimed mail is nobody else's until its claim runs out."""
    while True:
        try:
            return await operation()
        except PyMongoError as error:
            if not is_outage(error):
                raise
            log.warning("database away, mail waits", reason=str(error))
            await asyncio.sleep(0.5)
