"""A real SMTP server that keeps what it was given."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller

from stack.ports import free_port


class RecordingSmtp:
    """`answers` maps a recipient to what RCPT is answered with; everybody else is accepted."""

    def __init__(self) -> None:
        self.port = free_port()
        self.messages: list[EmailMessage] = []
        self.answers: dict[str, str] = {}
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

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 kept"

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
