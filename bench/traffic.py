"""The cases with many requests at once: how many get through, how long each takes, and what it costs."""

import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from urllib.parse import urlencode

from bench.bare.login import PASSWORD as BARE_PASSWORD
from bench.case import BARE, NO_OP, OURS, Case, Effort
from bench.client import Plan, Tally
from bench.connection import request
from bench.desk import Desk, Person, new_ticket
from bench.ground import BARE as BARE_PATH
from bench.ground import Ground
from bench.measure import Round
from stack.places import CHECKOUT

SERVERS = ("mongod", "nats")
EVERYONE = ("tickets", "notifications", "mailer", "nginx", *SERVERS)
REPLY = "It still does, and now it beeps. I have tried another cable, as you said. " * 3

Requests = Callable[[], Awaitable[Sequence[bytes]]]
"""Made anew for each round: tokens end."""


async def listing(ground: Ground, desk: Desk, effort: Effort, *, page: int, of_one: bool = False) -> Case:
    """Customers look at what they asked for."""
    people = [desk.customer] if of_one else desk.people
    for person in people:
        await desk.token_of(person)
    bare = [
        request("GET", _bare("listing", organisation=person.organisation_id, requester=person.id, limit=page))
        for person in people
    ]

    async def ours() -> list[bytes]:
        path = f"/api/v1/tickets?limit={page}"
        return [request("GET", path, token=await desk.token_of(person)) for person in people]

    whose = "one customer with 1000" if of_one else "20 customers with 50 each"
    name = f"list-{page}{'-of-1000' if of_one else ''}"
    processes = ("tickets", "nginx", "mongod")
    return _case(ground, effort, name, f"List {page} tickets of {whose}", ours, bare, 200, processes)


async def creating(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """Customers ask for something, and everybody whom it concerns is told."""
    ticket = new_ticket("Pages upside down")

    async def ours() -> list[bytes]:
        people = desk.people
        return [request("POST", "/api/v1/tickets", token=await desk.token_of(each), body=ticket) for each in people]

    bare = [request("POST", _bare("create"), body=ticket)]
    return _case(ground, effort, "create-ticket", "Create a ticket", ours, bare, 201, EVERYONE, desk)


async def replying(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """Customers write on in their tickets, each time in another one."""
    body = {"body": REPLY}

    async def ours() -> list[bytes]:
        tokens = {person.email: await desk.token_of(person) for person in desk.people}

        def reply(person: Person, ticket: object) -> bytes:
            return request("POST", f"/api/v1/tickets/{ticket}/messages", token=tokens[person.email], body=body)

        return [reply(*each) for each in random.sample(desk.tickets, len(desk.tickets))]

    bare = [request("POST", _bare("reply"), body=body)]
    return _case(ground, effort, "reply", "Reply to a ticket", ours, bare, 201, EVERYONE, desk)


async def logging_in(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """The right password, at once."""

    async def ours() -> list[bytes]:
        accounts = [{"email": person.email, "password": person.password} for person in desk.people]
        return [request("POST", "/api/v1/auth/login", body=account) for account in accounts]

    bare = [request("POST", _bare("login"), body={"email": "casey@helpdesk.example", "password": BARE_PASSWORD})]
    return _case(ground, effort, "login", "Log in", ours, bare, 200, ("auth", *EVERYONE), desk)


async def counting_unread(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """What the bell shows: that of an agent, who is told of every ticket."""
    await desk.token_of(desk.agent)

    async def ours() -> list[bytes]:
        return [request("GET", "/api/v1/notifications/unread-count", token=await desk.token_of(desk.agent))]

    bare = [request("GET", _bare("unread", organisation=desk.agent.organisation_id, recipient=desk.agent.id))]
    processes = ("notifications", "nginx", "mongod")
    return _case(ground, effort, "unread-count", "Count what is unread", ours, bare, 200, processes)


def _bare(name: str, **asked: object) -> str:
    return BARE_PATH + name + (f"?{urlencode(asked)}" if asked else "")


def _case(
    ground: Ground,
    effort: Effort,
    name: str,
    title: str,
    ours: Requests,
    bare: Sequence[bytes],
    expected: int,
    processes: Sequence[str],
    causes: Desk | None = None,
) -> Case:
    servers = [each for each in processes if each in SERVERS]

    async def our_turn() -> Round:
        return await _load(ground, effort, ground.door, await ours(), expected, processes, causes)

    async def bare_turn() -> Round:
        return await _load(ground, effort, ground.bare_door, bare, expected, ("bare server", "bare nginx", *servers))

    async def no_op_turn() -> Round:
        nothing = [bare[0].replace(bare[0].split(b" ", 2)[1], _bare("nothing").encode(), 1)]
        return await _load(ground, effort, ground.bare_door, nothing, 200, ("bare server", "bare nginx"))

    return Case(name, title, {OURS: our_turn, BARE: bare_turn, NO_OP: no_op_turn})


async def _load(
    ground: Ground,
    effort: Effort,
    port: int,
    requests: Sequence[bytes],
    expected: int,
    processes: Sequence[str],
    causes: Desk | None = None,
) -> Round:
    """One round of load. Where it causes work for later (`causes`), that is waited for, and its cost is counted in."""
    processors = ground.processors(*processes)
    before = processors.used()
    written = [each.decode() for each in requests]
    plan = Plan(port, written, expected, effort.connections, effort.warm_up, effort.seconds)
    tally = await in_a_process_of_its_own(plan)
    settled_after = await causes.settle() if causes else None
    used = processors.used()
    answers = max(tally.answers, 1)
    return Round(
        latencies=[each / 1000 for each in tally.latencies],
        seconds=tally.seconds,
        errors=tally.errors,
        cpu={name: (used[name] - before[name]) / answers * 1000 for name in processes},
        client_busy=tally.cpu_seconds / (plan.warm_up + plan.seconds),
        settled_after=settled_after,
        body_bytes=tally.body_bytes,
    )


async def in_a_process_of_its_own(plan: Plan) -> Tally:
    """What came of a plan."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.client"),
        cwd=CHECKOUT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us, who then end it
    )
    try:
        async with asyncio.timeout(plan.warm_up + plan.seconds + 45):
            written, _ = await child.communicate(json.dumps(asdict(plan)).encode())
    except BaseException:
        child.kill()
        await child.wait()
        raise
    if child.returncode:
        raise RuntimeError(f"the load generator ended with exit status {child.returncode}")
    return Tally(**json.loads(written))
