"""A real SMTP server that records every mail, with scripted failures."""
# ruff: noqa: N802 - aiosmtpd names its hooks after the commands

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
"""A scripted answer: the connection is aborted."""

SAY_NOTHING = "say nothing"
"""A scripted answer: the connection stays open without a reply."""

Stage = Literal["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "CONTENT"]
"""A stage of the dialogue. `DATA` is the command, before any content; `CONTENT` is after all of it."""

Security = Literal["none", "starttls", "tls"]


class RecordingSmtp:
    """`answers` maps a recipient to the reply to RCPT; all others are accepted. `raw` is the bytes of each mail;
    `tried` counts RCPT commands by recipient. Each answer takes `delay_seconds`."""

    def __init__(self, security: Security = "none", context: ssl.SSLContext | None = None) -> None:
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.answers: dict[str, str] = {}
        self.tried: Counter[str] = Counter()
        self.commands: Counter[str] = Counter()
        self.connections = 0
        self.delay_seconds = 0.0
        self.supports_smtputf8 = True
        self._script: dict[Stage, list[str]] = defaultdict(list)
        self.open_connections: set[Any] = set()
        self._controller: Controller | None = None
        self._security = security
        self._context = context

    async def start(self) -> None:
        self._controller = _Controller(self, self._security, self._context)
        await asyncio.to_thread(self._controller.start)

    async def stop(self) -> None:
        """Afterwards connections are refused."""
        if self._controller is not None:
            closing = asyncio.run_coroutine_threadsafe(self._close_connections(), self._controller.loop)
            await asyncio.wrap_future(closing)
            await asyncio.to_thread(self._controller.stop)
            self._controller = None

    async def _close_connections(self) -> None:
        """aiosmtpd closes its loop beneath them."""
        if self._controller is not None and self._controller.server is not None:
            self._controller.server.close()
        while self.open_connections:
            for connection in tuple(self.open_connections):
                if connection.transport is not None:
                    connection.transport.abort()
            await asyncio.sleep(0)

    def answer_next(self, stage: Stage, *answers: str) -> None:
        """Scripts the replies of the next dialogues at that stage, one each."""
        self._script[stage] += answers

    async def scripted(self, stage: Stage, server: Any) -> str | None:
        """The scripted reply, if there is one."""
        await asyncio.sleep(self.delay_seconds)
        if not self._script[stage]:
            return None
        answer = self._script[stage].pop(0)
        if answer == HANG_UP:
            server.transport.abort()
        elif answer == SAY_NOTHING:
            await asyncio.Event().wait()
        return answer

    async def handle_EHLO(self, server: Any, session: Any, _: Any, hostname: str, responses: list[str]) -> list[str]:
        if answer := await self.scripted("EHLO", server):
            return [answer]
        session.host_name = hostname
        return responses

    async def handle_HELO(self, server: Any, session: Any, _: Any, hostname: str) -> str:
        return (await self.handle_EHLO(server, session, _, hostname, ["250 OK"]))[0]

    async def handle_NOOP(self, *_: Any) -> str:
        self.commands["NOOP"] += 1
        return "250 OK"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if answer := await self.scripted("MAIL", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.tried[address] += 1
        if answer := await self.scripted("RCPT", server) or self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = await self.scripted("CONTENT", server)
        if answer is None or answer == HANG_UP:
            message = BytesParser(policy=default).parsebytes(envelope.content)
            assert isinstance(message, EmailMessage)
            self.messages.append(message)
            self.raw.append(envelope.content)
        return answer or "250 kept"

    def times_seen(self) -> Counter[str]:
        """The number of arrivals of each Message-ID."""
        return Counter(str(message["Message-ID"]) for message in self.messages)

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to an address, in the order of arrival."""
        return [message for message in self.messages if address in str(message["To"])]


class _Server(SMTP):
    """One connection, with the two stages for which aiosmtpd calls no handler."""

    event_handler: RecordingSmtp

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.event_handler.open_connections.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open_connections.discard(self)
        super().connection_lost(error)

    async def _handle_client(self) -> None:
        self.event_handler.connections += 1
        if answer := await self.event_handler.scripted("CONNECT", self):
            await self.push(answer)
            if self.transport is not None:
                self.transport.close()
            return
        await super()._handle_client()

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:
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
        upgraded = self._upgraded
        return _Server(
            self._recorder,
            hostname="localhost",
            tls_context=upgraded,
            require_starttls=bool(upgraded),
            enable_SMTPUTF8=self._recorder.supports_smtputf8,
        )


@asynccontextmanager
async def recording_smtp(
    security: Security = "none", context: ssl.SSLContext | None = None
) -> AsyncIterator[RecordingSmtp]:
    """Listens on 127.0.0.1."""
    recorder = RecordingSmtp(security, context)
    await recorder.start()
    try:
        yield recorder
    finally:
        await recorder.stop()
