"""The load, in a process of its own: a closed loop over a few connections, or a steady stream.

In the loop each connection sends a request, waits for the whole answer, and sends the next. So the load adapts to who
answers: a slow server is asked less often, and what a person would wait in a queue does not show in the latencies.

Reads a Plan from standard input and writes a Tally to standard output, both as JSON.
"""

import asyncio
import itertools
import json
import os
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field

import uvloop

from bench.connection import Connection

PATIENCE_SECONDS = 15
"""For an answer. Whoever is slower than that has failed."""


@dataclass(frozen=True)
class Plan:
    """What to send where for how long; only what is answered after the warm-up counts. The connections go round the
    requests together: the next request is the next one's, whoever sends it."""

    port: int
    requests: list[str]
    expected: int
    connections: int
    warm_up: float
    seconds: float
    rate: float | None = None
    """Requests per second, where it is to be a steady stream instead of all that gets through."""


@dataclass
class Tally:
    """What came of it. `latencies` are in microseconds, of expected answers within `seconds`."""

    seconds: float = 0.0
    latencies: list[int] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    """Unexpected statuses and lost connections, also those of the warm-up."""
    answers: int = 0
    """All that were expected, also those of the warm-up and after the end."""
    body_bytes: int = 0
    """Of the last one."""
    cpu_seconds: float = 0.0
    """Of this process, in all that time."""


async def load(plan: Plan) -> Tally:
    """Loads."""
    tally, errors = Tally(), Counter[str]()
    requests = itertools.cycle([each.encode() for each in plan.requests])
    started = time.monotonic_ns()
    counts_from = started + int(plan.warm_up * 1e9)
    until = counts_from + int(plan.seconds * 1e9)
    turns = itertools.count()

    async def turn() -> None:
        """Returns when the next request is due."""
        if plan.rate is not None:
            due = started + int(next(turns) / plan.rate * 1e9)
            await asyncio.sleep(max(due - time.monotonic_ns(), 0) / 1e9)

    async def one(connection: Connection) -> None:
        while time.monotonic_ns() < until:
            await turn()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    answer = await connection.ask(next(requests))
            except (OSError, TimeoutError) as error:
                errors[type(error).__name__] += 1
                connection.close()
                await asyncio.sleep(0.05)
                continue
            if answer.status != plan.expected:
                errors[str(answer.status)] += 1
                continue
            tally.answers += 1
            tally.body_bytes = len(answer.body)
            if counts_from <= answer.answered_at < until:
                tally.latencies.append(answer.nanoseconds // 1000)
        connection.close()

    before = _cpu_seconds()
    await asyncio.gather(*(one(Connection(plan.port)) for _ in range(plan.connections)))
    tally.seconds, tally.errors, tally.cpu_seconds = plan.seconds, dict(errors), _cpu_seconds() - before
    return tally


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(load(Plan(**json.load(sys.stdin)))))))
