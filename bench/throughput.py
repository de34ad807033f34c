"""Cases with many concurrent requests: throughput, latency and CPU time."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlencode

from bench.baseline.server import EMAIL, PASSWORD
from bench.case import BASELINE, HELPDESK, NO_OP, RunConfig, RunRound, measure_in_turn
from bench.dataset import Dataset, new_ticket
from bench.environment import BASELINE_PATH, Environment
from bench.http_client import build_request
from bench.load_generator import LoadPlan, run_load_generator
from bench.measurement import Round

SERVERS = ("mongod", "nats")
ALL_PROCESSES = ("tickets", "notifications", "mailer", "nginx", *SERVERS)
REPLY = "It still does, and now it beeps. I have tried another cable, as you said. " * 3

BuildRequests = Callable[[], Awaitable[Sequence[str]]]
"""Called for each round, since access tokens expire."""


async def list_tickets(
    environment: Environment, dataset: Dataset, config: RunConfig, *, page: int, single_customer: bool = False
) -> RunRound:
    """Customers list their own tickets."""
    accounts = [dataset.customer] if single_customer else dataset.accounts
    for account in accounts:
        await dataset.access_token(account)
    queries = [{"organisation": each.organisation_id, "requester": each.id, "limit": page} for each in accounts]
    baseline = [_baseline_request("list-tickets", query) for query in queries]

    async def helpdesk() -> list[str]:
        path = f"/api/v1/tickets?limit={page}"
        return [build_request("GET", path, token=await dataset.access_token(each)) for each in accounts]

    return _measure_variants(environment, config, helpdesk, baseline, 200, ("tickets", "nginx", "mongod"))


async def create_ticket(environment: Environment, dataset: Dataset, config: RunConfig) -> RunRound:
    """Customers create tickets, which notifies the staff."""
    ticket = new_ticket("Pages upside down")

    async def helpdesk() -> list[str]:
        tokens = [await dataset.access_token(each) for each in dataset.accounts]
        return [build_request("POST", "/api/v1/tickets", token=token, body=ticket) for token in tokens]

    baseline = [_baseline_request("create-ticket", body=ticket)]
    return _measure_variants(environment, config, helpdesk, baseline, 201, ALL_PROCESSES, dataset)


async def add_reply(environment: Environment, dataset: Dataset, config: RunConfig) -> RunRound:
    """Customers reply, each time in another ticket."""
    body = {"body": REPLY}

    async def helpdesk() -> list[str]:
        tickets = [
            (f"/api/v1/tickets/{ticket}/messages", await dataset.access_token(account))
            for account, ticket in random.sample(dataset.tickets, len(dataset.tickets))
        ]
        return [build_request("POST", path, token=token, body=body) for path, token in tickets]

    baseline = [_baseline_request("add-reply", body=body)]
    return _measure_variants(environment, config, helpdesk, baseline, 201, ALL_PROCESSES, dataset)


async def log_in(environment: Environment, dataset: Dataset, config: RunConfig) -> RunRound:
    """Customers log in with the right password."""

    async def helpdesk() -> list[str]:
        accounts = [{"email": each.email, "password": each.password} for each in dataset.accounts]
        return [build_request("POST", "/api/v1/auth/login", body=account) for account in accounts]

    baseline = [_baseline_request("log-in", body={"email": EMAIL, "password": PASSWORD})]
    return _measure_variants(environment, config, helpdesk, baseline, 200, ("auth", *ALL_PROCESSES), dataset)


async def count_unread(environment: Environment, dataset: Dataset, config: RunConfig) -> RunRound:
    """An agent, who is notified of every ticket, reads the unread count."""
    agent = dataset.agent
    await dataset.access_token(agent)

    async def helpdesk() -> list[str]:
        token = await dataset.access_token(agent)
        return [build_request("GET", "/api/v1/notifications/unread-count", token=token)]

    baseline = [_baseline_request("count-unread", {"organisation": agent.organisation_id, "recipient": agent.id})]
    return _measure_variants(environment, config, helpdesk, baseline, 200, ("notifications", "nginx", "mongod"))


def _baseline_request(
    endpoint: str, query: Mapping[str, object] | None = None, body: Mapping[str, object] | None = None
) -> str:
    path = f"{BASELINE_PATH}{endpoint}?{urlencode(query or {})}"
    return build_request("POST" if body else "GET", path, body=body)


def _measure_variants(
    environment: Environment,
    config: RunConfig,
    helpdesk: BuildRequests,
    baseline: Sequence[str],
    expected_status: int,
    processes: Sequence[str],
    drained: Dataset | None = None,
) -> RunRound:
    """`drained` is given where requests cause events: a round of Helpdesk then lasts until those are processed, and its
    CPU time includes them."""
    baseline_processes = ("baseline server", "baseline nginx", *(each for each in processes if each in SERVERS))

    async def measure(
        port: int, requests: Sequence[str], status: int, processes: Sequence[str], drained: Dataset | None = None
    ) -> Round:
        meter = environment.cpu_meter(*processes)
        before = meter.cpu_seconds()
        plan = LoadPlan(port, [*requests], status, config.connections, config.warm_up, config.seconds)
        result = await run_load_generator(plan)
        drain_seconds = await drained.wait_until_idle() if drained else None
        after = meter.cpu_seconds()
        return Round(
            latencies=[each / 1000 for each in result.latencies],
            seconds=config.seconds,
            errors=Counter(result.errors),
            cpu={name: (after[name] - before[name]) / max(result.responses, 1) * 1000 for name in processes},
            client_cpu_share=result.cpu_seconds / (config.warm_up + config.seconds),
            drain_seconds=drain_seconds,
        )

    async def measure_helpdesk() -> Round:
        return await measure(environment.helpdesk_port, await helpdesk(), expected_status, processes, drained)

    async def measure_baseline() -> Round:
        return await measure(environment.baseline_port, baseline, expected_status, baseline_processes)

    async def measure_no_op() -> Round:
        path = baseline[0].split(" ", 2)[1]
        no_op = [baseline[0].replace(path, f"{BASELINE_PATH}no-op", 1)]
        return await measure(environment.baseline_port, no_op, 200, baseline_processes[:2])

    return measure_in_turn({HELPDESK: measure_helpdesk, BASELINE: measure_baseline, NO_OP: measure_no_op})
