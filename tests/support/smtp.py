"""A real SMTP server that keeps what it was given."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any, Literal

from aiosmtpd.controller import Controller

from stack.ports import free_port

HANG_UP = "hang up"
"""An answer that is none: the connection is cut."""

Stage = Literal["EHLO", "MAIL", "RCPT", "DATA"]


class RecordingSmtp:
    """`answers` maps a recipient to what RCPT is answered with; everybody else is accepted. `raw` is what came, as it
    came; `tried` counts how often each recipient was named."""

    def __init__(self) -> None:
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.answers: dict[str, str] = {}
        self.tried: Counter[str] = Counter()
        self._script: dict[Stage, list[str]] = defaultdict(list)
        self._controller: Controller | None = None

    async def start(self) -> None:
        """Listens."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        await asyncio.to_thread(self._controller.start)

    async def stop(self) -> None:
        """Listens no more: who connects is refused."""
        if self._controller is not None:
            await asyncio.to_thread(self._controller.stop)
            self._controller = None

    def answer_next(self, stage: Stage, *answers: str) -> None:
        """The next dialogues that get there are answered so, one after another, each once."""
        self._script[stage] += answers

    def _scripted(self, stage: Stage, server: Any) -> str | None:
        if not self._script[stage]:
            return None
        answer = self._script[stage].pop(0)
        if answer == HANG_UP:
            server.transport.abort()
        return answer

    async def handle_EHLO(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        if answer := self._scripted("EHLO", server):
            return [answer]
        session.host_name = hostname
        return responses

    async def handle_HELO(self, server: Any, session: Any, envelope: Any, hostname: str) -> str:  # noqa: N802
        if answer := self._scripted("EHLO", server):
            return answer
        session.host_name = hostname
        return "250 OK"

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if answer := self._scripted("MAIL", server):
            return answer
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        self.tried[address] += 1
        if answer := self._scripted("RCPT", server) or self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        answer = self._scripted("DATA", server)
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


@asynccontextmanager
async def recording_smtp() -> AsyncIterator[RecordingSmtp]:
    """Listens on 127.0.0.1 for the time of the block."""
    recorder = RecordingSmtp()
    await recorder.start()
    try:
        yield recorder
    finally:
        await recorder.stop()
