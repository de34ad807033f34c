"""Live streams through the front door, while a replica behind it is stopped."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest

from tests.support.eventually import eventually
from tests.support.sse_client import Listener, many_connections
from tests.support.stack import RetryingClient, retrying_clients
from tests.system.conftest import LiveDesk

pytestmark = [pytest.mark.asyncio(loop_scope="session")]

PEOPLE, TABS = 20, 10
MOVES = ("in_progress", "pending", "resolved", "open")
STOP_SECONDS = 6
"""What NGINX keeps idle keeps a server from stopping for 2 s. Streams that were not told would for 8, and be torn."""


@asynccontextmanager
async def customers(desk: LiveDesk) -> AsyncIterator[list[RetryingClient]]:
    """New ones, each welcomed."""
    async with retrying_clients(desk.stack.url) as new_client:
        people = [new_client() for _ in range(PEOPLE)]
        for number, person in enumerate(people):
            await person.sign_up(f"reader-{number}@helpdesk.example", "read-along-2026")
        await eventually(desk.stack.settled, within=60, every=0.2)
        yield people


async def test_200_readers_see_just_their_own_in_order_while_they_drop_and_a_replica_stops(desk: LiveDesk) -> None:
    finished = asyncio.Event()
    stopped_by_server = 0
    async with customers(desk) as people, many_connections() as http:
        tabs = [(person, Listener(http, person.headers, "0")) for person in people for _ in range(TABS)]

        async def read(tab: Listener) -> None:
            nonlocal stopped_by_server
            while not finished.is_set():
                async with tab.listening(desk.stack.url) as stream:
                    patience = random.choice([0.5, 2, 60])
                    await asyncio.wait({stream, done}, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
                    stopped_by_server += tab.ended == "stopping"
                    tab.ended = None

        done = asyncio.create_task(finished.wait())
        reading = [asyncio.create_task(read(tab)) for _, tab in tabs]
        tickets = {}
        for person in people:
            new = {"title": f"Printer of {person.id}", "description": "It burns."}
            tickets[person.id] = (await person.send("POST", "/tickets", json=new, key=person.id)).json()["id"]
        for move in MOVES[:2]:
            await asyncio.gather(*(_move(desk, tickets[person.id], move) for person in people))

        await desk.stack.control("stop", "notifications-1")
        for move in MOVES[2:]:
            await asyncio.gather(*(_move(desk, tickets[person.id], move) for person in people))
        await desk.stack.control("start", "notifications-1")

        async def everybody_was_told() -> None:
            for _, tab in tabs:
                assert len(tab.seen) >= 1 + len(MOVES), tab.positions

        try:
            await eventually(everybody_was_told, within=60, every=0.2)
        finally:
            finished.set()
            await asyncio.gather(*reading)

    for person, tab in tabs:
        assert tab.positions == [1, 2, 3, 4, 5]
        assert {each["title"] for each in tab.seen[1:]} == {f"Printer of {person.id}"}
    assert stopped_by_server > 0
    assert _stopped_within(desk, "notifications-1") < STOP_SECONDS
    assert await desk.stack.dead_letters() == {}


async def test_what_is_said_passes_the_door_at_once(desk: LiveDesk) -> None:
    ticket = await desk.open_ticket("At once")
    async with many_connections() as http:
        tab = Listener(http, desk.customer.headers)
        async with tab.listening(desk.stack.url):
            await desk.resolve(ticket)

            async def all_notified() -> None:
                assert [each["kind"] for each in tab.seen] == ["status_changed"]

            # A door that waited for its buffer to fill would show it at the next heartbeat or never.
            await eventually(all_notified)


def _stopped_within(desk: LiveDesk, name: str) -> float:
    """Seconds from the last signal to the end of a component, by its own log."""
    lines = map(json.loads, (desk.stack.directory / "logs" / f"{name}.log").read_text().splitlines())
    times = {line["message"]: datetime.fromisoformat(line["time"]) for line in lines if line["logger"] == "lifecycle"}
    return (times["stopped"] - times["stopping"]).total_seconds()


async def _move(desk: LiveDesk, ticket_id: str, status: str) -> None:
    answer = await desk.agent.send("PATCH", f"/tickets/{ticket_id}", json={"status": status})
    assert answer.status_code == 200, answer.text
