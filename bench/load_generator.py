"""The load generator, in a process of its own: a closed loop over a few connections, or a constant request rate.

In a closed loop each connection sends its next request after it received the response to the one before. A slow server
gets fewer requests, so latencies do not contain the time in a queue that grows.

`python -m bench.load_generator` reads a LoadPlan from standard input and writes a LoadResult to standard output (JSON).
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

from bench.http_client import Connection
from stack.paths import CHECKOUT

RESPONSE_TIMEOUT_SECONDS = 15


@dataclass(frozen=True)
class LoadPlan:
    """The connections share one endless cycle of `requests`. Responses before the end of the warm-up do not count."""

    port: int
    requests: list[str]
    expected_status: int
    connections: int
    warm_up: float
    seconds: float
    rate: float | None = None
    """Requests per second; None for a closed loop."""


@dataclass
class LoadResult:
    """`latencies` are in microseconds, of expected responses after the warm-up and before the end."""

    latencies: list[int] = field(default_factory=list)
    errors: dict[str, int] = field(default_factory=dict)
    """Unexpected statuses and lost connections, including the warm-up."""
    responses: int = 0
    """All expected responses, including the warm-up and those after the end."""
    cpu_seconds: float = 0.0
    """Of this process."""


async def run_load_generator(plan: LoadPlan) -> LoadResult:
    """Generates the load in a child process. Raises RuntimeError if it fails."""
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bench.load_generator"),
        cwd=CHECKOUT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches only the parent, which stops the child
    )
    try:
        async with asyncio.timeout(plan.warm_up + plan.seconds + 45):
            output, _ = await child.communicate(json.dumps(asdict(plan)).encode())
    except BaseException:
        child.kill()
        await child.wait()
        raise
    if child.returncode:
        raise RuntimeError(f"the load generator ended with exit status {child.returncode}")
    return LoadResult(**json.loads(output))


async def _generate_load(plan: LoadPlan) -> LoadResult:
    result, errors = LoadResult(), Counter[str]()
    requests, numbers = itertools.cycle(plan.requests), itertools.count()
    started = time.monotonic_ns()
    counts_from = started + int(plan.warm_up * 1e9)
    until = counts_from + int(plan.seconds * 1e9)

    async def send_requests(connection: Connection) -> None:
        while time.monotonic_ns() < until:
            if plan.rate is not None:
                due = started + int(next(numbers) / plan.rate * 1e9)
                await asyncio.sleep(max(due - time.monotonic_ns(), 0) / 1e9)
            try:
                async with asyncio.timeout(RESPONSE_TIMEOUT_SECONDS):
                    response = await connection.send(next(requests))
            except (OSError, TimeoutError) as error:
                errors[type(error).__name__] += 1
                connection.close()
                await asyncio.sleep(0.05)
                continue
            if response.status != plan.expected_status:
                errors[str(response.status)] += 1
                continue
            result.responses += 1
            if counts_from <= response.received_at < until:
                result.latencies.append(response.latency_ns // 1000)
        connection.close()

    before = _cpu_seconds()
    await asyncio.gather(*(send_requests(Connection(plan.port)) for _ in range(plan.connections)))
    result.errors, result.cpu_seconds = dict(errors), _cpu_seconds() - before
    return result


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system


if __name__ == "__main__":
    print(json.dumps(asdict(uvloop.run(_generate_load(LoadPlan(**json.load(sys.stdin)))))))
