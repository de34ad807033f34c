"""The cases with one thing at a time: how long after the commit somebody hears of it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from uuid import UUID, uuid4

from bench.case import BARE, OURS, Case, Effort
from bench.client import Plan
from bench.connection import Connection, request
from bench.desk import Desk, new_ticket
from bench.ground import BARE as BARE_PATH
from bench.ground import Ground
from bench.live import Listener
from bench.measure import Round
from bench.traffic import in_a_process_of_its_own

PATIENCE_SECONDS = 20
"""How long one may be on its way before it counts as an error."""
LONGEST_SECONDS = 150
"""How long tickets are opened beside it at most."""
WARM_UP_BESIDE_SECONDS = 2
CONNECTIONS_BESIDE = 32

Commit = Callable[[str], Awaitable[tuple[int, int]]]
"""Makes the change that is told of, marked so; the status, and when it was answered (monotonic clock, ns)."""
Arrival = Callable[[str], Awaitable[int]]
"""When what is marked so was there: monotonic clock, ns. Raises TimeoutError."""


async def to_mail(ground: Ground, desk: Desk, effort: Effort, *, tickets_per_second: int | None = None) -> Case:
    """From the answer that says the ticket is resolved until the SMTP server has the customer's mail. Beside it, where
    asked for, so many tickets are opened, by each side in its own way."""

    async def arrival(mark: str) -> int:
        return await ground.mailbox.arrival(mark, within=PATIENCE_SECONDS)

    async def ours() -> Round:
        marks, commit = await _to_be_resolved(desk, effort)
        ticket = new_ticket("Pages upside down")
        people = [await desk.token_of(person) for person in desk.people]
        opened = [request("POST", "/api/v1/tickets", token=token, body=ticket) for token in people]
        async with _beside(ground, tickets_per_second, ground.door, opened, "tickets") as rate:
            measured = await _one_by_one(marks, commit, arrival)
            measured = replace(measured, beside=await rate())
        await desk.settle()
        return measured

    async def bare() -> Round:
        opened = [request("POST", f"{BARE_PATH}create", body=new_ticket("Pages upside down"))]
        async with _beside(ground, tickets_per_second, ground.bare_door, opened, "bench") as rate:
            measured = await _one_by_one(_marks(effort), _bare_commit(ground, desk), arrival)
            return replace(measured, beside=await rate())

    if tickets_per_second:
        title = f"From commit to SMTP server while {tickets_per_second} tickets/s are to be opened"
        return Case(f"commit-to-smtp-at-{tickets_per_second}", title, {OURS: ours, BARE: bare})
    return Case("commit-to-smtp", "From commit to SMTP server", {OURS: ours, BARE: bare})


async def to_stream(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """From the same answer until the customer's live stream has it."""

    async def ours() -> Round:
        marks, commit = await _to_be_resolved(desk, effort)
        path, token = "/api/v1/notifications/stream", await desk.token_of(desk.customer)
        async with Listener(ground.door, path, token) as listener:
            return await _one_by_one(marks, commit, lambda mark: listener.arrival(mark, within=PATIENCE_SECONDS))

    async def bare() -> Round:
        async with Listener(ground.bare_door, f"{BARE_PATH}stream") as listener:
            commit = _bare_commit(ground, desk)
            return await _one_by_one(
                _marks(effort), commit, lambda mark: listener.arrival(mark, within=PATIENCE_SECONDS)
            )

    return Case("commit-to-sse", "From commit to live stream", {OURS: ours, BARE: bare})


async def _to_be_resolved(desk: Desk, effort: Effort) -> tuple[list[str], Commit]:
    """Tickets whose titles are marked, and what resolves one. Making them is over when this returns."""
    marks = _marks(effort)
    tickets: dict[str, UUID] = {mark: await desk.create(f"Printer {mark}") for mark in marks}
    await desk.settle()

    async def resolve(mark: str) -> tuple[int, int]:
        answer = await desk.resolve(tickets[mark])
        return answer.status, answer.answered_at

    return marks, resolve


def _bare_commit(ground: Ground, desk: Desk) -> Commit:
    connection = Connection(ground.bare_door)

    async def commit(mark: str) -> tuple[int, int]:
        body = {"title": f"Printer {mark}", "to": desk.customer.email}
        answer = await connection.ask(request("POST", f"{BARE_PATH}resolve", body=body))
        return answer.status, answer.answered_at

    return commit


async def _one_by_one(marks: list[str], commit: Commit, arrival: Arrival) -> Round:
    """The first warms up and does not count."""
    latencies: list[float] = []
    errors: dict[str, int] = {}
    for mark in marks:
        try:
            status, answered_at = await commit(mark)
            if status != 200:
                errors[str(status)] = errors.get(str(status), 0) + 1
                continue
            latencies.append((await arrival(mark) - answered_at) / 1e6)
        except TimeoutError:
            errors["never came"] = errors.get("never came", 0) + 1
    return Round(latencies=latencies[1:], errors=errors)


@asynccontextmanager
async def _beside(
    ground: Ground, per_second: int | None, port: int, requests: Sequence[bytes], database: str
) -> AsyncIterator[Callable[[], Awaitable[float | None]]]:
    """Opens so many tickets for the time of the block, or as many as get through, and says how many a second those were
    so far. Raises RuntimeError where they ended before the block."""
    if per_second is None:
        yield _no_rate
        return
    written = [each.decode() for each in requests]
    plan = Plan(port, written, 201, CONNECTIONS_BESIDE, 0.0, LONGEST_SECONDS, rate=per_second)
    async with ground.mongo() as client:
        tickets = client[database]["tickets"]
        opening = asyncio.create_task(in_a_process_of_its_own(plan))
        await asyncio.sleep(WARM_UP_BESIDE_SECONDS)
        before, since = await tickets.estimated_document_count(), time.monotonic()

        async def rate() -> float:
            return (await tickets.estimated_document_count() - before) / (time.monotonic() - since)

        try:
            yield rate
        finally:
            if opening.done():
                opening.result()
                raise RuntimeError(f"{LONGEST_SECONDS} s of tickets beside it were not enough")
            opening.cancel()
            await asyncio.wait([opening])


async def _no_rate() -> None:
    """None are opened."""


def _marks(effort: Effort) -> list[str]:
    return [f"mark-{uuid4().hex[:12]}" for _ in range(effort.mails + 1)]
