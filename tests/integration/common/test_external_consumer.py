"""An outside program reads what its entry in the table allows, each event once, and is refused everything else."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client

from common.events import Event, PersonRef
from common.events.tickets import TicketCreated, TicketEdited, TicketRef
from common.ids import new_id
from common.messaging.broker import Broker
from common.messaging.permissions import IMPORTED_API, PROVISIONER, inbox_prefix, nats_users
from common.messaging.provision import provision
from common.messaging.publisher import JetStreamPublisher
from common.messaging.topology import consumers
from common.services import ExternalConsumer
from stack.nats import NatsServer, helpdesk_accounts
from stack.ports import free_port
from tests.support.eventually import eventually
from tests.support.messaging import envelope_of, messages_in
from tests.support.subprocesses import running_server

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
PASSWORD = "external-consumer-2026"
CRM = ExternalConsumer("crm", ("tickets.ticket.created.v1.>",))


@dataclass(frozen=True)
class Nats:
    """A server whose table of services has one external consumer."""

    server: NatsServer
    directory: Path

    @asynccontextmanager
    async def as_user(self, user: str) -> AsyncIterator[Broker]:
        broker = Broker(self.server.url, user, PASSWORD, name="test")
        await broker.connect()
        try:
            yield broker
        finally:
            await broker.close()

    async def publish(self, event: Event) -> None:
        async with self.as_user("tickets") as broker:
            await JetStreamPublisher(broker).publish(envelope_of(event))

    @asynccontextmanager
    async def program(self, example: str) -> AsyncIterator[Path]:
        """Yields its output, and kills it at the end."""
        output, errors = self.directory / "output", self.directory / "errors"
        environment = {"NATS_URL": self.server.url, "NATS_USER": "crm", "NATS_PASSWORD": PASSWORD}
        with output.open("ab") as stdout, errors.open("ab") as stderr:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(EXAMPLES / example)),
                env={**os.environ, **environment},
                stdout=stdout,
                stderr=stderr,
            )
        try:
            yield output
        finally:
            process.kill()
            await process.wait()


def created(title: str) -> TicketCreated:
    return TicketCreated(ticket=a_ticket(title), description="Please look at it.")


def a_ticket(title: str) -> TicketRef:
    customer = PersonRef(id=new_id(), name="Casey")
    return TicketRef(id=new_id(), number=1, title=title, status="new", priority="normal", requester=customer)


@pytest.fixture
async def crm_nats(tmp_path: Path) -> AsyncIterator[Nats]:
    accounts = helpdesk_accounts(dict.fromkeys(nats_users([CRM]), PASSWORD), [CRM])
    server = NatsServer(tmp_path / "nats", port=free_port(), monitor_port=free_port(), accounts=accounts)
    async with running_server(server, tmp_path / "log"):
        running = Nats(server, tmp_path)
        async with running.as_user(PROVISIONER) as broker:
            await provision(broker.jetstream, consumers=consumers([CRM]))
        yield running


@pytest.mark.parametrize("example", ["consume_plain.py", "consume_with_common.py"])
async def test_the_documented_program_reads_each_event_once_and_survives_a_restart(
    crm_nats: Nats, example: str
) -> None:
    async def printed(*titles: str) -> None:
        lines = output.read_text().splitlines()
        assert [line.split(maxsplit=2)[1:] for line in lines] == [
            ["tickets.ticket.created.v1", each] for each in titles
        ]
        async with crm_nats.as_user(PROVISIONER) as broker:
            info = await broker.jetstream.consumer_info("TICKETS", "crm")
            assert (info.num_pending, info.num_ack_pending) == (0, 0)

    await crm_nats.publish(created("before it starts"))
    async with crm_nats.program(example) as output:
        await crm_nats.publish(created("while it runs"))
        await crm_nats.publish(TicketEdited(ticket=a_ticket("of another subject"), changes={}))
        await eventually(lambda: printed("before it starts", "while it runs"))
    await crm_nats.publish(created("while it is down"))
    async with crm_nats.program(example) as output:
        await eventually(lambda: printed("before it starts", "while it runs", "while it is down"))


@asynccontextmanager
async def connected(running: Nats, errors: list[str]) -> AsyncIterator[Client]:
    async def note(error: Exception) -> None:
        errors.append(str(error).lower())

    client = await nats.connect(
        running.server.url, user="crm", password=PASSWORD, inbox_prefix=inbox_prefix("crm"), error_cb=note
    )
    try:
        yield client
    finally:
        await client.close()


@pytest.mark.parametrize(
    "subject",
    [
        "tickets.ticket.created.v1.any.any",
        "crm.thing.done.v1.any.any",
        "dead_letters.crm.any",
        "replay.tickets.tickets.ticket.created.v1.any.any",
        "relay_trigger.tickets",
        "$JS.API.CONSUMER.MSG.NEXT.TICKETS.notifications",
        "$JS.API.CONSUMER.MSG.NEXT.AUTH.crm",
        "$JS.API.CONSUMER.CREATE.TICKETS.crm",
        "$JS.API.CONSUMER.DURABLE.CREATE.TICKETS.crm",
        "$JS.API.CONSUMER.DELETE.TICKETS.crm",
        "$JS.API.STREAM.INFO.TICKETS",
        "$JS.API.STREAM.NAMES",
        "$JS.API.STREAM.MSG.GET.TICKETS",
        "$JS.API.DIRECT.GET.TICKETS",
        "$JS.API.STREAM.PURGE.TICKETS",
        f"{IMPORTED_API}.STREAM.PURGE.TICKETS",
        "$JS.ACK.TICKETS.notifications.1.1.1.1.1",
    ],
)
async def test_it_cannot_publish_read_other_consumers_or_administer_streams(crm_nats: Nats, subject: str) -> None:
    errors: list[str] = []
    async with connected(crm_nats, errors) as client:
        await client.publish(subject, b"{}")

        async def refused() -> None:
            assert any("permissions violation" in each and f'"{subject.lower()}"' in each for each in errors), errors

        await eventually(refused)


@pytest.mark.parametrize("reply", ["$JS.API.STREAM.DELETE.AUTH", "$JS.API.STREAM.PURGE.TICKETS", "tickets.any"])
async def test_the_answers_to_its_requests_change_no_stream(crm_nats: Nats, reply: str) -> None:
    await crm_nats.publish(created("to be kept"))
    async with connected(crm_nats, []) as client:
        for api in ("$JS.API", IMPORTED_API):
            for options in (b'{"expires": 1}', b'{"no_wait": true}', b'{"batch": 1}'):
                await client.publish(f"{api}.CONSUMER.MSG.NEXT.TICKETS.crm", options, reply=reply)
        await client.request(f"{IMPORTED_API}.CONSUMER.INFO.TICKETS.crm", timeout=15)
    async with crm_nats.as_user(PROVISIONER) as broker:
        assert len(await messages_in(broker, "TICKETS")) == 1
        assert (await broker.jetstream.stream_info("AUTH")).state.messages == 0


@pytest.mark.parametrize("subject", ["tickets.ticket.created.v1.>", "notifications.>", "_INBOX_tickets.>", ">"])
async def test_it_cannot_subscribe_to_subjects(crm_nats: Nats, subject: str) -> None:
    errors: list[str] = []
    async with connected(crm_nats, errors) as client:
        await client.subscribe(subject)

        async def refused() -> None:
            assert any("permissions violation" in each and f'"{subject.lower()}"' in each for each in errors), errors

        await eventually(refused)
