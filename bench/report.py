"""Figures as a person reads them, and as a program does."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench.case import NO_OP, Case, Effort
from bench.likeness import statement
from bench.measure import FIGURES, Round, Spread, ratio, spread

HEADINGS = ("", "requests/s", "of the yardstick", "p50 ms", "p95 ms", "p99 ms", "CPU ms/request", "errors")


@dataclass(frozen=True)
class Result:
    """Side -> its rounds. `yardsticks` are in requests per second, one of each round; none where there is no wrk."""

    case: Case
    rounds: Mapping[str, Sequence[Round]]
    yardsticks: Sequence[float]

    @property
    def compared(self) -> tuple[str, str]:
        """The two sides that are set against each other."""
        ours, bare, *_ = self.rounds
        return ours, bare


@dataclass(frozen=True)
class Run:
    """One run of the benchmarks. Load averages are of 1, 5 and 15 minutes."""

    started: str
    seconds: float
    machine: Mapping[str, str]
    load_before: str
    load_after: str
    effort: Effort
    results: Sequence[Result]


def write(run: Run, directory: Path) -> list[Path]:
    """Writes the JSON and the Markdown of a run, named after when it began."""
    directory.mkdir(parents=True, exist_ok=True)
    name = run.started.replace(":", "").replace("+0000", "Z")
    as_json, as_markdown = directory / f"{name}.json", directory / f"{name}.md"
    as_json.write_text(json.dumps(_as_data(run), indent=1) + "\n")
    as_markdown.write_text(markdown(run))
    return [as_json, as_markdown]


def text(result: Result) -> str:
    """A table for the terminal."""
    rows = [list(HEADINGS), *_rows(result)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) if not column else cell.rjust(width)
                  for column, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]  # fmt: skip
    return "\n".join([f"\n{result.case.title} ({result.case.name})", *lines, *_remarks(result)])


def markdown(run: Run) -> str:
    effort, machine = run.effort, run.machine
    lines = [
        f"Measured {run.started}, {run.seconds:.0f} s in all: {effort.rounds} rounds of {effort.seconds:g} s for each "
        f"side after {effort.warm_up:g} s of warm-up that do not count, {effort.connections} connections; "
        f"{effort.mails} mails a round, one at a time, after one that does not count.",
        "",
        f"Machine: {machine['cores']} cores, {machine['processor']}. "
        f"Load average before {run.load_before}, after {run.load_after}.",
        "",
    ]
    for result in run.results:
        lines += [f"**{result.case.title}** (`{result.case.name}`)", "", _line(HEADINGS), "|---" * len(HEADINGS) + "|"]
        lines += [_line(row) for row in _rows(result)]
        lines += ["", *(f"{each.strip()}\n" for each in _remarks(result))]
    versions = ", ".join(f"{name} {version}" for name, version in machine.items() if name not in ("cores", "processor"))
    return "\n".join([*lines, f"Versions: {versions}.", ""])


def _rows(result: Result) -> list[list[str]]:
    rows = []
    for side, rounds in result.rounds.items():
        cells = {name: spread(rounds, figure) for name, figure in FIGURES.items()}
        errors = sum(sum(each.errors.values()) for each in rounds)
        share = _share(cells["rate"], result)
        rows.append([side, *_cells(cells, share, rated=_is_rated(result), digits=1), str(errors)])
    ours, bare = result.compared
    ratios = {name: ratio(result.rounds[ours], result.rounds[bare], figure) for name, figure in FIGURES.items()}
    rows.append([f"{ours}/{bare}", *_cells(ratios, "", rated=_is_rated(result), digits=2), ""])
    return rows


def _share(rate: Spread, result: Result) -> str:
    if not result.yardsticks or not _is_rated(result):
        return "-"
    return f"{rate.middle / median(result.yardsticks) * 100:.2f} %"


def _cells(of: Mapping[str, Spread], share: str, *, rated: bool, digits: int) -> list[str]:
    return [
        _with_spread(of["rate"], digits if digits > 1 else 0) if rated else "-",
        share,
        _with_spread(of["p50"], digits),
        _number(of["p95"].middle, digits),
        _number(of["p99"].middle, digits),
        _with_spread(of["cpu_ms"], 2) if rated else "-",
    ]


def _is_rated(result: Result) -> bool:
    return all(each.seconds is not None for rounds in result.rounds.values() for each in rounds)


def _with_spread(value: Spread, digits: int) -> str:
    return f"{_number(value.middle, digits)} ({_number(value.low, digits)}–{_number(value.high, digits)})"


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def _remarks(result: Result) -> list[str]:
    """What the table has no column for."""
    remarks = []
    if found := result.yardsticks:
        remarks.append(f"  the yardstick: {median(found):.0f} ({min(found):.0f}–{max(found):.0f}) requests/s")
    for side in result.compared:
        rounds = result.rounds[side]
        if any(each.cpu for each in rounds):
            names = rounds[0].cpu
            parts = (f"{name} {spread(rounds, lambda r, n=name: r.cpu[n]).middle:.2f}" for name in names)  # type: ignore[misc]
            remarks.append(f"  {side}: CPU ms/request: {', '.join(parts)}")
    ours, bare = result.compared
    settled = [each.settled_after for each in result.rounds[ours] if each.settled_after is not None]
    if settled:
        remarks.append(
            f"  {ours}: after a round everything it caused was done in {min(settled):.1f}–{max(settled):.1f} s more; "
            "that is not in the latencies, but it is in CPU ms/request"
        )
    for side, rounds in result.rounds.items():
        if beside := [each.beside for each in rounds if each.beside is not None]:
            remarks.append(f"  {side}: opened beside it: {min(beside):.0f}–{max(beside):.0f} tickets/s")
    for side, rounds in result.rounds.items():
        errors: dict[str, int] = {}
        for each in rounds:
            for what, count in each.errors.items():
                errors[what] = errors.get(what, 0) + count
        if errors:
            remarks.append(f"  {side}: errors: {errors}")
    if result.case.alike:
        remarks.append(f"  {statement(*(_latencies(result.rounds[side]) for side in (ours, bare)))}")
    if NO_OP in result.rounds:
        busy = ", ".join(
            f"{side} {max(each.client_busy or 0 for each in rounds) * 100:.0f} %"
            for side, rounds in result.rounds.items()
        )
        remarks.append(f"  the load generator's share of a core, at most: {busy}")
    return remarks


def _latencies(rounds: Sequence[Round]) -> list[float]:
    return [latency for each in rounds for latency in each.latencies]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _as_data(run: Run) -> dict[str, object]:
    return {
        "started": run.started,
        "seconds": run.seconds,
        "machine": dict(run.machine),
        "load_average": {"before": run.load_before, "after": run.load_after},
        "effort": asdict(run.effort),
        "cases": {result.case.name: _case_as_data(result) for result in run.results},
    }


def _case_as_data(result: Result) -> dict[str, object]:
    ours, bare = result.compared
    return {
        "yardsticks": result.yardsticks,
        "sides": {
            side: {
                **{name: asdict(spread(rounds, figure)) for name, figure in FIGURES.items()},
                "rounds": [_round_as_data(each) for each in rounds],
            }
            for side, rounds in result.rounds.items()
        },
        f"{ours}/{bare}": {
            name: asdict(ratio(result.rounds[ours], result.rounds[bare], figure)) for name, figure in FIGURES.items()
        },
    }


def _round_as_data(each: Round) -> dict[str, object]:
    """Without the single latencies: there are tens of thousands."""
    return {
        **{name: figure(each) for name, figure in FIGURES.items()},
        "answers": len(each.latencies),
        "errors": each.errors,
        "cpu_ms_by_process": each.cpu,
        "client_busy": each.client_busy,
        "settled_after": each.settled_after,
        "body_bytes": each.body_bytes,
        "beside": each.beside,
    }
