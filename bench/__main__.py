"""`python -m bench`: starts a stack, measures the cases, and writes the report."""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from bench import calibration, machine, report
from bench.case import RunConfig, RunRound
from bench.cases import CASES
from bench.dataset import Dataset
from bench.environment import Environment, running_environment
from bench.report import Result, Run
from stack.errors import StackError
from stack.paths import CHECKOUT

RESULTS = CHECKOUT / "bench" / "results"

_STARTUP_TIMEOUT_SECONDS = 480
"""Enough for a very busy machine. An idle one needs half a minute."""


def main() -> int:
    arguments = _parser().parse_args()
    config = RunConfig(
        rounds=arguments.rounds,
        seconds=arguments.seconds / arguments.rounds,
        warm_up=0.5,
        connections=arguments.clients,
        mails=max(arguments.mails // arguments.rounds, 1),
    )
    try:
        run = asyncio.run(_run_until_terminated(arguments.only or list(CASES), config, arguments.keep))
    except TimeoutError as error:
        print(f"bench: timeout: {error or 'is the machine too busy?'}", file=sys.stderr)
        return 1
    except (StackError, RuntimeError, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("Interrupted.", file=sys.stderr)
        return 130
    print(f"\nload average before {run.load_before}, after {run.load_after}; {run.seconds:.0f} s in all")
    for path in report.write_report(run, RESULTS):
        print(path.relative_to(CHECKOUT))
    return 0


async def _run_until_terminated(names: list[str], config: RunConfig, keep: Path | None) -> Run:
    """SIGTERM stops everything, as Ctrl-C does."""
    limit = _STARTUP_TIMEOUT_SECONDS + 15 * len(names) * config.rounds * config.seconds
    with ExitStack() as cleanup:
        directory = keep or Path(cleanup.enter_context(tempfile.TemporaryDirectory(prefix="helpdesk-bench-")))
        task = asyncio.ensure_future(_run(names, config, directory.resolve()))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
        async with asyncio.timeout(limit):
            return await task


async def _run(names: list[str], config: RunConfig, directory: Path) -> Run:
    started, start_time = datetime.now(UTC), time.monotonic()
    description, load_before = machine.describe_machine(), machine.load_average()
    if shutil.which("wrk") is None:
        print("wrk is not installed (Debian: apt-get install wrk): no calibration")
    print(f"{description['cores']} cores, {description['processor']}; load average {load_before}")
    results = []
    async with running_environment(directory, print) as environment:
        dataset = Dataset(environment)
        print("creating tickets …")
        await dataset.seed()
        await dataset.wait_until_idle()
        for name in names:
            run_round = await CASES[name](environment, dataset, config)
            results.append(await _measure(name, run_round, environment, config))
            print(report.render_results(results[-1:]), flush=True)
        dataset.close()
    return Run(
        started=started.isoformat(timespec="seconds"),
        seconds=time.monotonic() - start_time,
        machine=description,
        load_before=load_before,
        load_after=machine.load_average(),
        config=config,
        results=results,
    )


async def _measure(name: str, run_round: RunRound, environment: Environment, config: RunConfig) -> Result:
    """Each round measures the calibration and all variants, so that other load on the machine affects all alike."""
    rounds, calibrations = [], []
    for number in range(config.rounds):
        print(f"{name}: round {number + 1} of {config.rounds} …", flush=True)
        calibrations.append(await calibration.measure_calibration(environment.calibration_port, config.connections))
        rounds.append(await run_round())
    by_variant = {variant: [each[variant] for each in rounds] for variant in rounds[0]}
    return Result(name, by_variant, [each for each in calibrations if each is not None])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench", description="Helpdesk against a baseline on the same servers."
    )
    parser.add_argument("--seconds", type=_positive, default=6, help="measured per variant of a case (6)")
    parser.add_argument("--rounds", type=_count, default=3, help="rounds that the seconds are divided into (3)")
    parser.add_argument("--clients", type=_count, default=32, help="connections of the load generator (32)")
    parser.add_argument("--mails", type=_count, default=36, help="mails or notifications per variant (36)")
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
