"""Cases with many concurrent requests: throughput, latency and CPU time."""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlencode

from bench.baseline.server import EMAIL, PASSWORD
from bench.case import BASELINE, HELPDESK, NO_OP, Case, RunConfig, measure_in_turn
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
) -> Case:
    """Customers list their own tickets."""
    accounts = [dataset.customer] if single_customer else dataset.accounts
    for account in accounts:
        await dataset.access_token(account)
    baseline = [
        _baseline_request(
            "GET", "list-tickets", {"organisation": each.organisation_id, "requester": each.id, "limit": page}
        )
        for each in accounts
    ]

    async def helpdesk() -> list[str]:
        path = f"/api/v1/tickets?limit={page}"
        return [build_request("GET", path, token=await dataset.access_token(each)) for each in accounts]

    name = f"list-{page}{'-of-1000' if single_customer else ''}"
    title = f"List {page} tickets of {'one customer with 1000' if single_customer else '20 customers with 50 each'}"
    return _case(environment, config, name, title, helpdesk, baseline, 200, ("tickets", "nginx", "mongod"))


async def create_ticket(environment: Environment, dataset: Dataset, config: RunConfig) -> Case:
    """Customers create tickets, which notifies the staff."""
    ticket = new_ticket("Pages upside down")

    async def helpdesk() -> list[str]:
        tokens = [await dataset.access_token(each) for each in dataset.accounts]
        return [build_request("POST", "/api/v1/tickets", token=token, body=ticket) for token in tokens]

    baseline = [_baseline_request("POST", "create-ticket", body=ticket)]
    title = "Create a ticket"
    return _case(environment, config, "create-ticket", title, helpdesk, baseline, 201, ALL_PROCESSES, dataset)


async def add_reply(environment: Environment, dataset: Dataset, config: RunConfig) -> Case:
    """Customers reply, each time in another ticket."""
    body = {"body": REPLY}

    async def helpdesk() -> list[str]:
        tickets = random.sample(dataset.tickets, len(dataset.tickets))
        return [
            build_request(
                "POST", f"/api/v1/tickets/{ticket}/messages", token=await dataset.access_token(account), body=body
            )
            for account, ticket in tickets
        ]

    baseline = [_baseline_request("POST", "add-reply", body=body)]
    return _case(environment, config, "reply", "Reply to a ticket", helpdesk, baseline, 201, ALL_PROCESSES, dataset)


async def log_in(environment: Environment, dataset: Dataset, config: RunConfig) -> Case:
    """Customers log in with the right password."""

    async def helpdesk() -> list[str]:
        accounts = [{"email": each.email, "password": each.password} for each in dataset.accounts]
        return [build_request("POST", "/api/v1/auth/login", body=account) for account in accounts]

    baseline = [_baseline_request("POST", "log-in", body={"email": EMAIL, "password": PASSWORD})]
    return _case(environment, config, "login", "Log in", helpdesk, baseline, 200, ("auth", *ALL_PROCESSES), dataset)


async def count_unread(environment: Environment, dataset: Dataset, config: RunConfig) -> Case:
    """An agent, who is notified of every ticket, reads the unread count."""
    agent = dataset.agent
    await dataset.access_token(agent)

    async def helpdesk() -> list[str]:
        token = await dataset.access_token(agent)
        return [build_request("GET", "/api/v1/notifications/unread-count", token=token)]

    query = {"organisation": agent.organisation_id, "recipient": agent.id}
    baseline = [_baseline_request("GET", "count-unread", query)]
    processes = ("notifications", "nginx", "mongod")
    return _case(environment, config, "unread-count", "Unread count", helpdesk, baseline, 200, processes)


def _baseline_request(
    method: str, endpoint: str, query: Mapping[str, object] | None = None, body: Mapping[str, object] | None = None
) -> str:
    return build_request(method, f"{BASELINE_PATH}{endpoint}{f'?{urlencode(query)}' if query else ''}", body=body)


def _case(
    environment: Environment,
    config: RunConfig,
    name: str,
    title: str,
    helpdesk: BuildRequests,
    baseline: Sequence[str],
    expected_status: int,
    processes: Sequence[str],
    drained: Dataset | None = None,
) -> Case:
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

    variants = {HELPDESK: measure_helpdesk, BASELINE: measure_baseline, NO_OP: measure_no_op}
    return Case(name, title, measure_in_turn(variants))
