"""A real SMTP server that keeps what it was given, and can be told how to misbehave."""

import asyncio
import ssl
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, syntax

from stack.ports import free_port

HANG_UP = "hang up"
"""An answer that is none: the connection is cut."""

SAY_NOTHING = "say nothing"
"""An answer that does not come: the connection stays open and silent."""

Stage = Literal["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "CONTENT"]
"""Where in the dialogue. `DATA` is the command, before anything of the mail is sent; `CONTENT` is after all of it."""

Security = Literal["none", "starttls", "tls"]


class RecordingSmtp:
    """`answers` maps a recipient to what RCPT is answered with; everybody else is accepted. `raw` is what came, as it
    came; `tried` counts how often each recipient was named, `connections` how often somebody connected."""

    def __init__(self, security: Security = "none", context: ssl.SSLContext | None = None) -> None:
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.answers: dict[str, str] = {}
        self.tried: Counter[str] = Counter()
        self.commands: Counter[str] = Counter()
        self.connections = 0
        self._script: dict[Stage, list[str]] = defaultdict(list)
        self._silent: list[asyncio.Transport] = []
        self._controller: Controller | None = None
        self._security = security
        self._context = context

    async def start(self) -> None:
        """Listens."""
        self._controller = _Controller(self, self._security, self._context)
        await asyncio.to_thread(self._controller.start)

    async def stop(self) -> None:
        """Listens no more: who connects is refused."""
        if self._controller is not None:
            for transport in self._silent:
                self._controller.loop.call_soon_threadsafe(transport.abort)
            self._silent.clear()
            await asyncio.to_thread(self._controller.stop)
            self._controller = None

    def answer_next(self, stage: Stage, *answers: str) -> None:
        """The next dialogues that get there are answered so, one after another, each once."""
        self._script[stage] += answers

    async def scripted(self, stage: Stage, server: Any) -> str | None:
        """What is to be said there instead of what usually would be."""
        if not self._script[stage]:
            return None
        answer = self._script[stage].pop(0)
        if answer == HANG_UP:
            server.transport.abort()
        elif answer == SAY_NOTHING:
            self._silent.append(server.transport)
            await asyncio.Event().wait()
        return answer

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        if answer := await self.scripted("EHLO", server):
            return [answer]
        session.host_name = hostname
        return responses

    async def handle_HELO(self, server: Any, session: Any, envelope: Any, hostname: str) -> str:  # noqa: N802
        if answer := await self.scripted("EHLO", server):
            return answer
        session.host_name = hostname
        return "250 OK"

    async def handle_NOOP(self, server: Any, session: Any, envelope: Any, arg: str) -> str:  # noqa: N802
        self.commands["NOOP"] += 1
        return "250 OK"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := await self.scripted("MAIL", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.tried[address] += 1
        if answer := await self.scripted("RCPT", server) or self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = await self.scripted("CONTENT", server)
        if answer is None or answer == HANG_UP:
            message = BytesParser(policy=default).parsebytes(envelope.content)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.raw.append(envelope.content)
        return answer or "250 kept"

    def times_seen(self) -> Counter[str]:
        """How often each Message-ID arrived."""
        return Counter(str(message["Message-ID"]) for message in self.messages)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails somebody got, in the order they came."""
        return [message for message in self.messages if address in str(message["To"])]


class _Server(SMTP):
    """One connection, with the two stages that aiosmtpd asks no handler about."""

    event_handler: RecordingSmtp

    async def _handle_client(self) -> None:
        self.event_handler.connections += 1
        if answer := await self.event_handler.scripted("CONNECT", self):
            await self.push(answer)
            if self.transport is not None:
                self.transport.close()
            return
        await super()._handle_client()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if answer := await self.event_handler.scripted("DATA", self):
            await self.push(answer)
            return
        await super().smtp_DATA(arg)


class _Controller(Controller):
    def __init__(self, recorder: RecordingSmtp, security: Security, context: ssl.SSLContext | None) -> None:
        self._recorder = recorder
        self._upgraded = context if security == "starttls" else None
        whole = context if security == "tls" else None
        super().__init__(recorder, hostname="127.0.0.1", port=recorder.port, ssl_context=whole)

    def factory(self) -> _Server:
        """For one connection."""
        upgraded = self._upgraded
        return _Server(self._recorder, hostname="localhost", tls_context=upgraded, require_starttls=bool(upgraded))


@asynccontextmanager
async def recording_smtp(
    security: Security = "none", context: ssl.SSLContext | None = None
) -> AsyncIterator[RecordingSmtp]:
    """Listens on 127.0.0.1 for the time of the block."""
    recorder = RecordingSmtp(security, context)
    await recorder.start()
    try:
        yield recorder
    finally:
        await recorder.stop()
