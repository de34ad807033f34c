"""Takes what is due from the ledger, sends it, and writes down what came of it.

The window in which a mail can go twice: the server has said 250, and this process dies before the ledger knows. The
mail is sent again then, with the same Message-ID. Nothing else sends one twice.
"""

import asyncio
from email.errors import MessageError
from email.message import EmailMessage
from typing import Protocol

import structlog
from jinja2 import TemplateError
from opentelemetry.trace import SpanKind
from prometheus_client import Counter, Gauge
from pymongo.errors import PyMongoError

from common import clock
from common.errors import LostRace
from common.mongo import asked_to_stop, is_outage
from common.telemetry import span
from mailer.delivery.classification import Accepted, NotReached, Outcome, Refused, RefusedForNow
from mailer.mail.document import WAITING, Mail
from mailer.rendering.message import compose
from mailer.rendering.render import Renderer
from mailer.settings import MailerSettings

log = structlog.get_logger("sender")

POLL_SECONDS = 1.0
MAX_PAUSE_SECONDS = 10.0

outcomes_total = Counter("helpdesk_mails_total", "Mails given to the SMTP server, by what it said.", ["outcome"])
waiting_gauge = Gauge("helpdesk_mails_waiting", "Mails that are owed and not sent yet.")


class MailServer(Protocol):
    """Where mails are given to. Says what became of each and raises nothing for what a server or network can do."""

    async def send(self, message: EmailMessage) -> Outcome: ...

    async def close(self) -> None: ...


class Sender:
    """Runs in every worker; a mail is claimed by a conditional write, so each is sent by one of them."""

    name = "sender"

    def __init__(self, settings: MailerSettings, server: MailServer, renderer: Renderer, queued: asyncio.Event) -> None:
        self._settings = settings
        self._server = server
        self._renderer = renderer
        self._queued = queued
        self._pause = 0.0
        self._reached = True

    async def run(self) -> None:
        """Until cancelled; a mail whose dialogue has begun is finished first."""
        try:
            while not asked_to_stop():
                self._queued.clear()
                try:
                    found_any = await self._send_due()
                except PyMongoError as error:
                    log.warning("sender waits", reason=str(error))
                    await asyncio.sleep(POLL_SECONDS)
                    continue
                if self._pause:
                    await asyncio.sleep(self._pause)
                elif not found_any:
                    await self._until_queued()
        finally:
            await self._server.close()

    async def _send_due(self) -> bool:
        waiting = {"status": {"$in": list(WAITING)}}
        waiting_gauge.set(await Mail.find(waiting).count())
        due = Mail.find({**waiting, "due_at": {"$lte": clock.now()}}).sort("+due_at")
        mails = await due.limit(self._settings.smtp_connections).to_list()
        self._reached = True
        sending = [asyncio.create_task(self._send(mail), name=f"mail {mail.id}") for mail in mails]
        try:
            await asyncio.gather(*(asyncio.shield(task) for task in sending))
        except asyncio.CancelledError:
            await asyncio.wait(sending, timeout=5)
            raise
        # No use in trying the next ones at once; the pause grows with each round in which nobody was there.
        self._pause = 0.0 if self._reached else self._longer_pause
        return bool(mails)

    @property
    def _longer_pause(self) -> float:
        return min(self._pause * 2 or 0.5, MAX_PAUSE_SECONDS)

    async def _send(self, mail: Mail) -> None:
        mail.claim(self._settings.claim_seconds)
        try:
            await mail.commit()
        except LostRace:
            return  # another replica has it
        with span(
            "send mail", kind=SpanKind.CLIENT, traceparent=mail.traceparent, **{"messaging.message.id": mail.message_id}
        ):
            self._note(mail, await self._outcome(mail))
            await self._write_down(mail)
            log.info("mail", mail_id=str(mail.id), status=mail.status, attempts=mail.attempts, reason=mail.last_error)

    async def _outcome(self, mail: Mail) -> Outcome:
        try:
            message = compose(mail, self._renderer, sender=self._settings.sender, public_url=self._settings.public_url)
            message.as_bytes()  # some mistakes only show when it is written out
        except (TemplateError, ValueError, MessageError, LookupError) as error:
            log.exception("mail can not be written", mail_id=str(mail.id))
            return Refused(f"it could not be written: {type(error).__name__} {error}")
        return await self._server.send(message)

    def _note(self, mail: Mail, outcome: Outcome) -> None:
        outcomes_total.labels(type(outcome).__name__).inc()
        match outcome:
            case Accepted():
                mail.sent()
            case RefusedForNow(reason):
                mail.refused_for_now(reason, self._settings.mail_retry_delays)
            case Refused(reason):
                mail.refused(reason)
            case NotReached(reason):
                self._reached = False
                mail.postponed(reason, self._longer_pause)

    async def _write_down(self, mail: Mail) -> None:
        """Does not give up while the database is away: to forget what the server said would send the mail twice."""
        while True:
            try:
                await mail.commit()
            except LostRace:
                # Either our own write got through and only its answer was lost, or the claim had run out.
                log.warning("the ledger was written by somebody else", mail_id=str(mail.id))
                return
            except PyMongoError as error:
                if not is_outage(error):
                    raise
                log.warning("ledger away, outcome waits", mail_id=str(mail.id), reason=str(error))
                await asyncio.sleep(0.5)
            else:
                return

    async def _until_queued(self) -> None:
        try:
            # Not `wait_for`: before Python 3.12 it swallows a cancellation that comes together with the event.
            async with asyncio.timeout(POLL_SECONDS):
                await self._queued.wait()
        except TimeoutError:
            return
