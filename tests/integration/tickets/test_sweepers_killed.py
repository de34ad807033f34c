"""Three sweepers in processes of their own, without a lease between them, one of them killed midway."""

import asyncio
import signal
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from common import clock
from common.events import Actor, PersonRef
from common.events.tickets import TicketEscalated
from common.mongo import Database
from common.settings import Settings
from tests.support.eventually import eventually
from tests.support.people import Person, another_organisation, make_admin, make_agent, sign_up
from tests.support.services import Installation, RunningService, build
from tests.support.settled import wait_until_settled
from tests.support.subprocesses import command, environment_of
from tickets.deadlines.sweeper import BATCH
from tickets.domain.ticket_fields import TicketFields
from tickets.domain.waiting_time import Wait
from tickets.ticket.document import Ticket

DUE, NOT_DUE = 400, 20


async def desks(auth: RunningService) -> list[tuple[Person, list[Person]]]:
    """Two organisations: a customer of each, and the staff."""
    slugs = ["default", await another_organisation()]
    return [
        (
            await sign_up(auth, f"Casey {number}", slug),
            [await make_agent(auth, f"Alex {number}", slug), await make_admin(auth, f"Ada {number}", slug)],
        )
        for number, slug in enumerate(slugs)
    ]


async def tickets_opened(db: Database, customers: Sequence[Person]) -> None:
    """By all of them in turn, most of them more than a day ago."""
    documents = []
    for number in range(DUE + NOT_DUE):
        by = customers[number % len(customers)]
        ticket = Ticket.open_for(
            PersonRef(id=by.id, name=by.name),
            by.organisation_id,
            number,
            TicketFields(title="Printer", description="It burns."),
            Actor(id=by.id, name=by.name, role=by.role),
        )
        since = clock.now() - timedelta(hours=25 if number < DUE else 23)
        ticket.wait = Wait(began_at=since, since=since)
        documents.append(ticket.to_insert())
    await db["tickets"].insert_many(documents)


async def sweeping(settings: Settings) -> asyncio.subprocess.Process:
    """A process that escalates what is due, and then ends."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tickets", "sweep"), env=environment_of(settings), stdout=asyncio.subprocess.PIPE
    )


def escalations(ticket: dict[str, Any]) -> int:
    """How often its escalation is to be told, before the relay takes it out."""
    return sum(event["type"] == TicketEscalated.type for event in ticket["outbox"])


async def sweep_and_kill(tickets: Any, settings: Settings) -> None:
    """Three at once; one of them is killed while all are at work."""

    async def escalated(at_least: int) -> int:
        count: int = await tickets.count_documents({"escalated_at": {"$ne": None}})
        assert count >= at_least
        return count

    doomed = await sweeping(settings)
    alone = await eventually(lambda: escalated(1), within=120, every=0.005)
    doomed.send_signal(signal.SIGSTOP)  # until the others are there, or it would be done before
    others = [await sweeping(settings) for _ in range(2)]
    together = await eventually(lambda: escalated(alone + BATCH), within=120, every=0.005)
    doomed.send_signal(signal.SIGCONT)
    await eventually(lambda: escalated(together + 1), within=120, every=0.005)
    doomed.kill()
    for other in others:
        await other.communicate()
    await doomed.communicate()
    assert [each.returncode for each in (doomed, *others)] == [-signal.SIGKILL, 0, 0]
    finished = await command("tickets", settings, "sweep")  # what all of them lost to each other at one moment
    assert finished.status == 0, finished.err


async def told_of_escalations(installation: Installation, auth: RunningService) -> Counter[tuple[Any, Any]]:
    """(ticket, person) -> how often, once everything is told."""
    async with (
        installation.run("notifications") as notifications,
        installation.run("tickets", role="worker") as tickets,
    ):
        await wait_until_settled(installation, auth, tickets, notifications)
        told = notifications.db["notifications"].find({"kind": "escalated"}, ["ticket_id", "recipient_id"])
        return Counter([(each["ticket_id"], each["recipient_id"]) async for each in told])


async def test_each_ticket_is_escalated_once_each_person_told_once_and_sweeping_again_changes_nothing(
    installation: Installation,
) -> None:
    settings = installation.settings("tickets")
    async with installation.run("auth") as auth:
        organisations = await desks(auth)
        async with build("tickets", settings).prepared() as service:
            tickets = service.db["tickets"]
            await tickets_opened(service.db, [customer for customer, _ in organisations])

            await sweep_and_kill(tickets, settings)

            after = await tickets.find().sort("number").to_list()
            assert [escalations(ticket) for ticket in after] == [1] * DUE + [0] * NOT_DUE
            assert [ticket["version"] for ticket in after] == [2] * DUE + [1] * NOT_DUE
            assert "escalation: 0 tickets" in (await command("tickets", settings, "sweep")).out
            assert await tickets.find().sort("number").to_list() == after

        staff = {customer.organisation_id: people for customer, people in organisations}
        expected = Counter(
            (ticket["_id"], person.id) for ticket in after[:DUE] for person in staff[ticket["organisation_id"]]
        )
        assert await told_of_escalations(installation, auth) == expected
        assert "escalation: 0 tickets" in (await command("tickets", settings, "sweep")).out
        assert await told_of_escalations(installation, auth) == expected
