"""What is measured: each case has two or three sides that take turns on the same servers.

create-ticket   POST /tickets                  beside an insert and a publish
list-tickets    GET /tickets of a customer     beside a find of the same documents
commit-to-smtp  from the answer to the mail    beside insert, publish, receive, hand over
login-timing    a log-in of nobody             beside one of somebody with a wrong password
forgot-timing   a forgotten password of nobody beside one of somebody
"""

import asyncio
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from uuid import UUID, uuid4

from bench.client import Plan, Tally
from bench.connection import Connection, request
from bench.desk import Desk, new_ticket
from bench.ground import ROUTES, Ground
from bench.measure import Round
from stack.places import CHECKOUT

OURS, BARE, NO_OP = "ours", "bare", "no-op"
SERVERS = ("mongod", "nats")
MAIL_SECONDS = 20
"""How long one mail may take before it counts as an error."""

Turn = Callable[[], Awaitable[Round]]


@dataclass(frozen=True)
class Effort:
    """How much is measured. Seconds and mails are of one round of one side."""

    rounds: int
    seconds: float
    warm_up: float
    connections: int
    mails: int


@dataclass(frozen=True)
class Case:
    """`sides` in the order they take turns; the first is ours, the second the bare limit. Where they are to be `alike`,
    both are ours, and the question is whether they can be told apart."""

    name: str
    title: str
    sides: Mapping[str, Turn]
    alike: bool = False


Make = Callable[[Ground, Desk, Effort], Awaitable[Case]]


async def create_ticket(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """Beside the least that stores a ticket and tells of it."""
    ticket = new_ticket("Pages upside down")

    async def ours() -> Round:
        what = request("POST", "/api/v1/tickets", token=await desk.token_of(desk.customer), body=ticket)
        everyone = ("tickets", "notifications", "mailer", "nginx", *SERVERS)
        return await _load(ground, effort, ground.door, what, 201, everyone, desk)

    async def side(name: str, expected: int, *servers: str) -> Round:
        what = request("POST", ROUTES[name][1], token=await desk.token_of(desk.customer), body=ticket)
        return await _load(ground, effort, ground.bare_door, what, expected, (f"bare {name}", "bare nginx", *servers))

    sides = {
        OURS: ours,
        BARE: lambda: side("create", 201, *SERVERS),
        NO_OP: lambda: side("nothing", 200),
    }
    return Case("create-ticket", "Create a ticket", sides)


async def list_tickets(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """Beside the least that reads the same documents."""
    await desk.token_of(desk.customer)
    whose = f"?organisation={desk.customer.organisation_id}&requester={desk.customer.id}"

    async def ours() -> Round:
        what = request("GET", "/api/v1/tickets?limit=20", token=await desk.token_of(desk.customer))
        return await _load(ground, effort, ground.door, what, 200, ("tickets", "nginx", "mongod"))

    async def side(name: str, query: str, *servers: str) -> Round:
        what = request("GET", f"{ROUTES[name][1]}{query}", token=await desk.token_of(desk.customer))
        return await _load(ground, effort, ground.bare_door, what, 200, (f"bare {name}", "bare nginx", *servers))

    sides = {
        OURS: ours,
        BARE: lambda: side("listing", whose, "mongod"),
        NO_OP: lambda: side("nothing", ""),
    }
    return Case("list-tickets", "List 20 of a customer's own tickets", sides)


async def commit_to_smtp(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """One mail at a time, from the answer that says the ticket is resolved."""
    bare_connection = Connection(ground.bare_door)

    async def bare(mark: str) -> tuple[int, int]:
        body = {"title": f"Printer {mark}", "to": desk.customer.email}
        answer = await bare_connection.ask(request("POST", ROUTES["resolve"][1], body=body))
        return answer.status, answer.answered_at

    async def ours_turn() -> Round:
        marks = [_mark() for _ in range(effort.mails + 1)]
        tickets: dict[str, UUID] = {mark: await desk.create(f"Printer {mark}") for mark in marks}
        await desk.settle()

        async def ours(mark: str) -> tuple[int, int]:
            answer = await desk.resolve(tickets[mark])
            return answer.status, answer.answered_at

        return await _mails(ground, marks, ours)

    async def bare_turn() -> Round:
        return await _mails(ground, [_mark() for _ in range(effort.mails + 1)], bare)

    return Case("commit-to-smtp", "From commit to SMTP server", {OURS: ours_turn, BARE: bare_turn})


async def login_timing(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """Whether the time of an answer says who has an account."""

    def log_in(email: str) -> bytes:
        return request("POST", "/api/v1/auth/login", body={"email": email, "password": "not the password"})

    asked = {"unknown account": log_in("nobody@helpdesk.example"), "wrong password": log_in(desk.customer.email)}
    return Case("login-timing", "A log-in that fails", _in_turn(ground, effort, asked, 401), alike=True)


async def forgot_timing(ground: Ground, desk: Desk, effort: Effort) -> Case:
    """The same of asking for a new password."""

    def forgot(email: str) -> bytes:
        return request("POST", "/api/v1/auth/forgot-password", body={"email": email})

    asked = {"unknown account": forgot("nobody@helpdesk.example"), "known account": forgot(desk.customer.email)}
    return Case("forgot-timing", "A forgotten password", _in_turn(ground, effort, asked, 202), alike=True)


CASES: Mapping[str, Make] = {
    "create-ticket": create_ticket,
    "list-tickets": list_tickets,
    "commit-to-smtp": commit_to_smtp,
    "login-timing": login_timing,
    "forgot-timing": forgot_timing,
}


async def _load(
    ground: Ground,
    effort: Effort,
    port: int,
    what: bytes,
    expected: int,
    processes: tuple[str, ...],
    causes: Desk | None = None,
) -> Round:
    """One round of load. Where it causes work for later (`causes`), that is waited for, and its cost is counted in."""
    processors = ground.processors(*processes)
    before = processors.used()
    plan = Plan(port, what.decode(), expected, effort.connections, effort.warm_up, effort.seconds)
    tally = await _in_a_process_of_its_own(plan)
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


async def _in_a_process_of_its_own(plan: Plan) -> Tally:
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


async def _mails(ground: Ground, marks: list[str], commit: Callable[[str], Awaitable[tuple[int, int]]]) -> Round:
    """One after another; the first warms up and does not count."""
    latencies: list[float] = []
    errors: dict[str, int] = {}
    for mark in marks:
        try:
            status, answered_at = await commit(mark)
            if status != 200:
                errors[str(status)] = errors.get(str(status), 0) + 1
                continue
            latencies.append((await ground.mailbox.arrival(mark, within=MAIL_SECONDS) - answered_at) / 1e6)
        except TimeoutError:
            errors["no mail"] = errors.get("no mail", 0) + 1
    return Round(latencies=latencies[1:], errors=errors)


def _in_turn(ground: Ground, effort: Effort, asked: Mapping[str, bytes], expected: int) -> dict[str, Turn]:
    """One request at a time, of each side by turns, so that whatever else the machine does hits all alike. They are
    measured together in the first side's turn."""
    measured: dict[str, Round] = {}

    async def together() -> None:
        connection = Connection(ground.door)
        latencies: dict[str, list[float]] = {side: [] for side in asked}
        errors: dict[str, dict[str, int]] = {side: {} for side in asked}
        ends_at = time.monotonic() + effort.warm_up + effort.seconds * len(asked)
        while time.monotonic() < ends_at:
            for side in random.sample([*asked], len(asked)):
                answer = await connection.ask(asked[side])
                if answer.status == expected:
                    latencies[side].append(answer.nanoseconds / 1e6)
                else:
                    errors[side][str(answer.status)] = errors[side].get(str(answer.status), 0) + 1
        connection.close()
        # The first of each warms up and does not count.
        measured.update({side: Round(latencies=latencies[side][1:], errors=errors[side]) for side in asked})

    def turn_of(side: str) -> Turn:
        async def turn() -> Round:
            if side == next(iter(asked)):
                await together()
            return measured[side]

        return turn

    return {side: turn_of(side) for side in asked}


def _mark() -> str:
    return f"mark-{uuid4().hex[:12]}"
