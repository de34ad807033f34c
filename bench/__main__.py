"""`python -m bench`: starts a stack of its own, measures, says what came out, and stops everything."""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import ground, machine, report, yardstick
from bench.case import Case, Effort
from bench.cases import CASES
from bench.desk import Desk
from bench.measure import Round
from bench.report import Result, Run
from stack.errors import StackError
from stack.places import CHECKOUT

RESULTS = CHECKOUT / "bench" / "results"

_STARTING_AND_SETTLING_SECONDS = 480
"""On a very busy machine. On a quiet one it is half a minute."""


def main() -> int:
    given = _parser().parse_args()
    effort = Effort(
        rounds=given.rounds,
        seconds=given.seconds / given.rounds,
        warm_up=0.5,
        connections=given.clients,
        mails=max(given.mails // given.rounds, 1),
    )
    try:
        run = asyncio.run(_until_terminated(given.only or list(CASES), effort, given.keep and given.keep.resolve()))
    except TimeoutError as error:
        print(f"bench: gave up: {error or 'something did not become ready; is the machine too busy?'}", file=sys.stderr)
        return 1
    except (StackError, RuntimeError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("Interrupted.", file=sys.stderr)
        return 130
    print(f"\nload average before {run.load_before}, after {run.load_after}; {run.seconds:.0f} s in all")
    for path in report.write(run, RESULTS):
        print(path.relative_to(CHECKOUT))
    return 0


async def _until_terminated(names: list[str], effort: Effort, keep: Path | None) -> Run:
    """SIGTERM ends it as Ctrl-C does: with everything stopped."""
    limit = _STARTING_AND_SETTLING_SECONDS + 15 * len(names) * effort.rounds * effort.seconds
    task = asyncio.ensure_future(_in_a_directory(names, effort, keep))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with asyncio.timeout(limit):
        return await task


async def _in_a_directory(names: list[str], effort: Effort, keep: Path | None) -> Run:
    if keep is not None:
        return await _measure(names, effort, keep)
    with tempfile.TemporaryDirectory(prefix="helpdesk-bench-") as directory:
        return await _measure(names, effort, Path(directory))


async def _measure(names: list[str], effort: Effort, directory: Path) -> Run:
    started, began = datetime.now(UTC), time.monotonic()
    about, load_before = machine.description(), machine.load_average()
    if shutil.which("wrk") is None:
        print("wrk is not there (Debian: apt-get install wrk): without it there is no yardstick.")
    print(f"{about['cores']} cores, {about['processor']}; load average {load_before}")
    results = []
    async with ground.running(directory, print) as running:
        desk = Desk(running)
        print("making tickets …")
        await desk.fill()
        await desk.settle()
        for name in names:
            case = await CASES[name](running, desk, effort)
            results.append(await _take_turns(case, running, effort))
            print(report.text(results[-1]), flush=True)
        desk.close()
    return Run(
        started=started.isoformat(timespec="seconds"),
        seconds=time.monotonic() - began,
        machine=about,
        load_before=load_before,
        load_after=machine.load_average(),
        effort=effort,
        results=results,
    )


async def _take_turns(case: Case, running: ground.Ground, effort: Effort) -> Result:
    """A B A B …, and the yardstick with them: what else the machine does hits all alike."""
    rounds: dict[str, list[Round]] = {side: [] for side in case.sides}
    measures = []
    for number in range(effort.rounds):
        print(f"{case.name}: round {number + 1} of {effort.rounds} …", flush=True)
        measures.append(await yardstick.requests_per_second(running.yardstick, effort.connections))
        for side, turn in case.sides.items():
            rounds[side].append(await turn())
    return Result(case, rounds, [each for each in measures if each is not None])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Helpdesk beside the bare limit of its parts.")
    parser.add_argument("--seconds", type=_positive, default=6, help="measured for each side of a case (6)")
    parser.add_argument("--rounds", type=_count, default=3, help="turns that the seconds are divided into (3)")
    parser.add_argument("--clients", type=_count, default=32, help="connections of the load generator (32)")
    parser.add_argument("--mails", type=_count, default=36, help="mails of each side (36)")
    parser.add_argument("--only", choices=CASES, action="append", metavar="NAME", help=f"one of {', '.join(CASES)}")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep data and logs there")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value <= 3600:
        raise argparse.ArgumentTypeError("must be more than 0 and at most 3600")
    return value


def _count(text: str) -> int:
    value = int(text)
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return value


if __name__ == "__main__":
    sys.exit(main())
