"""Stacks that several system tests share, since one takes seconds to start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.support.eventually import eventually
from tests.support.smtp import RecordingSmtp, recording_smtp
from tests.support.stack import RetryingClient, RunningStack, retrying_clients, running_stack


@dataclass(frozen=True)
class LiveDesk:
    """A stack with an agent and a customer who are logged in, and the mail server it sends to."""

    stack: RunningStack
    smtp: RecordingSmtp
    agent: RetryingClient
    customer: RetryingClient

    async def open_ticket(self, title: str) -> dict[str, Any]:
        new = {"title": title, "description": "Please look at it."}
        answer = await self.customer.send("POST", "/tickets", json=new, key=title)
        assert answer.status_code == 201, answer.text
        ticket: dict[str, Any] = answer.json()
        return ticket

    async def resolve(self, ticket: dict[str, Any]) -> None:
        """By the agent. The customer is sent a mail."""
        answer = await self.agent.send("PATCH", f"/tickets/{ticket['id']}", json={"status": "resolved"})
        assert answer.status_code == 200, answer.text

    async def kinds_of(self, who: RetryingClient, ticket: dict[str, Any]) -> list[str]:
        """The kinds of a person's notifications about a ticket, oldest first."""
        answer = await who.send("GET", "/notifications?limit=100")
        items = [each for each in answer.json()["items"] if each["ticket_id"] == ticket["id"]]
        return [each["kind"] for each in reversed(items)]

    async def in_stream(self, ticket: dict[str, Any]) -> dict[str, int]:
        """The number of a ticket's events in the stream, by type."""
        async with self.stack.nats() as broker:
            info = await broker.jetstream.stream_info("TICKETS", subjects_filter=f"tickets.*.*.*.*.{ticket['id']}")
        subjects = info.state.subjects or {}
        return {".".join(subject.split(".")[1:3]): count for subject, count in subjects.items()}


@pytest_asyncio.fixture(scope="package", loop_scope="session")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveDesk]:
    """Each test looks at its own tickets and people only."""
    async with live_desk(tmp_path_factory.mktemp("stack")) as desk:
        yield desk


@asynccontextmanager
async def live_desk(directory: Path, *options: str) -> AsyncIterator[LiveDesk]:
    """`options` are given to `python -m stack up`."""
    async with recording_smtp() as smtp:
        quick_mail = ("--env", "HELPDESK_SMTP_TIMEOUT_SECONDS=2", "--env", "HELPDESK_MAIL_RETRY_DELAYS=0.5")
        all_logs = ("--env", "HELPDESK_LOG_LEVEL=debug")
        arguments = ("--smtp", f"127.0.0.1:{smtp.port}", *quick_mail, *all_logs, *options)
        async with (
            running_stack(directory / "data", *arguments, environment={"HELPDESK_RATE_LIMITS": "off"}) as stack,
            retrying_clients(stack.url) as new_client,
        ):
            account = stack.account("agent")
            agent, customer = new_client(), new_client()
            await agent.log_in(account["email"], account["password"])
            await customer.sign_up("outage@helpdesk.example", "storm-proof-2026")
            await eventually(stack.settled, within=60, every=0.2)
            yield LiveDesk(stack, smtp, agent, customer)
