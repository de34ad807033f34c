"""Cases with one event at a time: the delay from the commit until a mail or a live notification arrives."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from bench.case import BASELINE, HELPDESK, RunConfig, RunRound, measure_in_turn
from bench.dataset import Dataset, new_ticket
from bench.environment import BASELINE_PATH, Environment
from bench.http_client import Connection, Response, build_request
from bench.load_generator import LoadPlan, run_load_generator
from bench.measurement import Round
from bench.receivers import Receiver, new_correlation_id, receive_sse

ARRIVAL_TIMEOUT_SECONDS = 20
BACKGROUND_LIMIT_SECONDS = 150
BACKGROUND_WARM_UP_SECONDS = 2
BACKGROUND_CONNECTIONS = 32

Commit = Callable[[str], Awaitable[Response]]
"""Makes the change that is identified by a correlation id."""


async def commit_to_smtp(
    environment: Environment, dataset: Dataset, config: RunConfig, *, background_rate: int | None = None
) -> RunRound:
    """From the response that confirms the change until the SMTP server has the mail. With `background_rate`, that many
    tickets per second are created at the same time."""
    ticket = new_ticket("Pages upside down")

    async def helpdesk() -> Round:
        correlation_ids, commit = await _prepare_tickets(dataset, config)
        tokens = [await dataset.access_token(each) for each in dataset.accounts]
        requests = [build_request("POST", "/api/v1/tickets", token=token, body=ticket) for token in tokens]
        async with _background_load(
            environment, background_rate, environment.helpdesk_port, requests, "tickets"
        ) as rate:
            measured = await _measure_one_by_one(correlation_ids, commit, environment.smtp)
            measured = replace(measured, background_rate=await rate())
        await dataset.wait_until_idle()
        return measured

    async def baseline() -> Round:
        requests = [build_request("POST", f"{BASELINE_PATH}create-ticket", body=ticket)]
        commit = _baseline_commit(environment, dataset)
        async with _background_load(environment, background_rate, environment.baseline_port, requests, "bench") as rate:
            measured = await _measure_one_by_one(_correlation_ids(config), commit, environment.smtp)
            return replace(measured, background_rate=await rate())

    return measure_in_turn({HELPDESK: helpdesk, BASELINE: baseline})


async def commit_to_sse(environment: Environment, dataset: Dataset, config: RunConfig) -> RunRound:
    """From the same response until the customer's event stream has the notification."""

    async def helpdesk() -> Round:
        correlation_ids, commit = await _prepare_tickets(dataset, config)
        path, token = "/api/v1/notifications/stream", await dataset.access_token(dataset.customer)
        async with receive_sse(environment.helpdesk_port, path, token) as receiver:
            return await _measure_one_by_one(correlation_ids, commit, receiver)

    async def baseline() -> Round:
        async with receive_sse(environment.baseline_port, f"{BASELINE_PATH}events") as receiver:
            commit = _baseline_commit(environment, dataset)
            return await _measure_one_by_one(_correlation_ids(config), commit, receiver)

    return measure_in_turn({HELPDESK: helpdesk, BASELINE: baseline})


async def _prepare_tickets(dataset: Dataset, config: RunConfig) -> tuple[list[str], Commit]:
    """Creates tickets with a correlation id in the title, and waits until their events are processed. The commit
    resolves one of them."""
    tickets = {each: await dataset.create_ticket(f"Printer {each}") for each in _correlation_ids(config)}
    await dataset.wait_until_idle()

    async def commit(correlation_id: str) -> Response:
        return await dataset.resolve_ticket(tickets[correlation_id])

    return [*tickets], commit


def _baseline_commit(environment: Environment, dataset: Dataset) -> Commit:
    connection = Connection(environment.baseline_port)

    async def commit(correlation_id: str) -> Response:
        body = {"title": f"Printer {correlation_id}", "to": dataset.customer.email}
        return await connection.send(build_request("POST", f"{BASELINE_PATH}resolve-ticket", body=body))

    return commit


async def _measure_one_by_one(correlation_ids: Sequence[str], commit: Commit, receiver: Receiver) -> Round:
    """The first is the warm-up and does not count."""
    latencies: list[float] = []
    errors = Counter[str]()
    for correlation_id in correlation_ids:
        response = await commit(correlation_id)
        if response.status != 200:
            errors[str(response.status)] += 1
            continue
        try:
            arrived_at = await receiver.wait_for(correlation_id, ARRIVAL_TIMEOUT_SECONDS)
            latencies.append((arrived_at - response.received_at) / 1e6)
        except TimeoutError:
            errors["never arrived"] += 1
    return Round(latencies[1:], errors=errors)


@asynccontextmanager
async def _background_load(
    environment: Environment, per_second: int | None, port: int, requests: Sequence[str], database: str
) -> AsyncIterator[Callable[[], Awaitable[float | None]]]:
    """Creates tickets at that rate, or as many as the server can, during the block. Yields a function that returns the
    actual rate so far. Raises RuntimeError if the load ends before the block."""

    async def no_rate() -> None:
        return None

    if per_second is None:
        yield no_rate
        return
    plan = LoadPlan(port, [*requests], 201, BACKGROUND_CONNECTIONS, 0.0, BACKGROUND_LIMIT_SECONDS, rate=per_second)
    async with environment.context.mongo_client() as client:
        tickets = client[database]["tickets"]
        load = asyncio.create_task(run_load_generator(plan))
        await asyncio.sleep(BACKGROUND_WARM_UP_SECONDS)
        before, since = await tickets.estimated_document_count(), time.monotonic()

        async def rate() -> float:
            return (await tickets.estimated_document_count() - before) / (time.monotonic() - since)

        try:
            yield rate
        finally:
            if load.done():
                load.result()
                raise RuntimeError(f"the measurement took longer than {BACKGROUND_LIMIT_SECONDS} s of background load")
            load.cancel()
            await asyncio.wait([load])


def _correlation_ids(config: RunConfig) -> list[str]:
    return [new_correlation_id() for _ in range(config.mails + 1)]
