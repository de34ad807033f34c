"""Three sweepers in processes of their own, without a lease between them, one of them killed midway."""

import asyncio
import sys
from datetime import timedelta
from typing import Any

from common import clock
from common.events import Actor, PersonRef
from common.events.tickets import TicketEscalated
from common.ids import new_id
from common.mongo import Database
from common.settings import Settings
from tests.support.command_line import command, environment_of
from tests.support.eventually import eventually
from tests.support.services import Installation, build
from tickets.deadlines.sweeper import BATCH
from tickets.ticket.document import Ticket

DUE, NOT_DUE = 400, 20


async def tickets_opened(db: Database) -> None:
    """Of two organisations, some of them more than a day ago."""
    casey = PersonRef(id=new_id(), name="Casey Customer")
    organisations = [new_id(), new_id()]
    documents = []
    for number in range(DUE + NOT_DUE):
        ticket = Ticket.open_for(
            casey,
            organisations[number % 2],
            number,
            title="Printer",
            description="It burns.",
            priority="normal",
            category=None,
            tags=[],
            by=Actor(id=casey.id, name=casey.name, role="customer"),
        )
        ticket.created_at = clock.now() - timedelta(hours=25 if number < DUE else 23)
        documents.append(ticket.as_new())
    await db["tickets"].insert_many(documents)


async def sweeping(settings: Settings) -> asyncio.subprocess.Process:
    """A process that escalates what is due, and then ends."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tickets", "sweep"), env=environment_of(settings), stdout=asyncio.subprocess.PIPE
    )


def escalations(ticket: dict[str, Any]) -> int:
    """How often its escalation is to be told: no relay runs here, so nothing was taken out."""
    return sum(event["type"] == TicketEscalated.type for event in ticket["outbox"])


async def test_each_ticket_is_escalated_once_and_sweeping_again_changes_nothing(installation: Installation) -> None:
    settings = installation.settings("tickets")
    async with build("tickets", settings).opened() as service:
        tickets = service.db["tickets"]
        await tickets_opened(service.db)
        doomed, *others = [await sweeping(settings) for _ in range(3)]

        async def midway() -> None:
            assert await tickets.count_documents({"escalated_at": {"$ne": None}}) >= BATCH

        await eventually(midway, within=120, every=0.005)
        doomed.kill()
        assert await tickets.count_documents({"escalated_at": {"$ne": None}}) < DUE, "it was killed too late"
        for other in others:
            await other.communicate()
        await doomed.wait()

        assert [other.returncode for other in others] == [0, 0]
        finished = await command("tickets", settings, "sweep")  # what all of them lost to each other at one moment
        assert finished.status == 0, finished.err
        after = await tickets.find().sort("number").to_list()
        assert [escalations(ticket) for ticket in after] == [1] * DUE + [0] * NOT_DUE
        assert [ticket["version"] for ticket in after] == [2] * DUE + [1] * NOT_DUE

        assert "escalation: 0 tickets" in (await command("tickets", settings, "sweep")).out
        assert await tickets.find().sort("number").to_list() == after
