"""Reports of a run: Markdown for the terminal and docs/benchmarks-results.md, JSON for programs."""

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from bench.case import BASELINE, RunConfig
from bench.ks_test import describe_leak
from bench.measurement import METRICS, Round, Summary, pool_latencies, summarize, summarize_ratio

HEADINGS = (
    "case", "variant", "requests/s", "of calibration", "p50 ms", "p95 ms", "p99 ms", "CPU ms/request", "errors",
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """Variant -> its rounds. `calibrations` are in requests per second, one per round; empty without wrk."""

    case: str
    rounds: Mapping[str, Sequence[Round]]
    calibrations: Sequence[float]

    @property
    def has_rate(self) -> bool:
        return all(each.seconds is not None for rounds in self.rounds.values() for each in rounds)

    def summarize(self) -> dict[str, dict[str, Summary]]:
        """Variant -> metric -> summary; under `first/second` the ratios of the two compared variants."""
        first, second, *_ = self.rounds
        summaries = {
            variant: {name: summarize(rounds, metric) for name, metric in METRICS.items()}
            for variant, rounds in self.rounds.items()
        }
        summaries[f"{first}/{second}"] = {
            name: summarize_ratio(self.rounds[first], self.rounds[second], metric) for name, metric in METRICS.items()
        }
        return summaries


@dataclass(frozen=True)
class Run:
    """One run of the benchmarks. Load averages are those of 1, 5 and 15 minutes."""

    started: str
    seconds: float
    machine: Mapping[str, str]
    load_before: str
    load_after: str
    config: RunConfig
    results: Sequence[Result]


def write_report(run: Run, directory: Path) -> list[Path]:
    """Writes the JSON and the Markdown of a run to files named after its start."""
    directory.mkdir(parents=True, exist_ok=True)
    name = run.started.replace(":", "").replace("+0000", "Z")
    as_json, as_markdown = directory / f"{name}.json", directory / f"{name}.md"
    as_json.write_text(json.dumps(_to_data(run), indent=1) + "\n")
    as_markdown.write_text(render_run(run))
    return [as_json, as_markdown]


def render_run(run: Run) -> str:
    """The section of docs/benchmarks-results.md about the run."""
    config, machine = run.config, dict(run.machine)
    commit, cores, processor = (machine.pop(name) for name in ("commit", "cores", "processor"))
    lines = [
        f"## Run of {run.started}",
        "",
        f"Commit {commit}. {cores} cores, {processor}. Load average before {run.load_before}, after {run.load_after}.",
        f"{config.rounds} rounds of {config.seconds:g} s per variant after a warm-up of {config.warm_up:g} s, "
        f"{config.connections} connections, {config.mails} mails per round; {run.seconds:.0f} s in all.",
        "",
        render_results(run.results),
        "",
        f"Versions: {', '.join(f'{name} {version}' for name, version in machine.items())}.",
        "",
    ]
    return "\n".join(lines)


def render_results(results: Sequence[Result]) -> str:
    """One Markdown table with a row per variant, and notes below it."""
    rows = [HEADINGS, *(row for result in results for row in _rows(result))]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
        for row in (rows[0], ["-" * width for width in widths], *rows[1:])
    ]
    notes = [f"- `{result.case}`: {note}" for result in results for note in _notes(result)]
    return "\n".join([*lines, "", *notes])


def _rows(result: Result) -> Iterator[Sequence[str]]:
    for number, (variant, metrics) in enumerate(result.summarize().items()):
        rounds = result.rounds.get(variant)  # none for the ratio
        share = metrics["rate"].value / median(result.calibrations) if rounds and result.calibrations else None
        yield (
            "" if number else f"`{result.case}`",
            variant,
            _format(metrics["rate"], 0 if rounds else 2) if result.has_rate else "-",
            f"{share * 100:.2f} %" if share else "-",
            _format(metrics["p50"], 1 if rounds else 2),
            _number(metrics["p95"].value, 1 if rounds else 2),
            _number(metrics["p99"].value, 1 if rounds else 2),
            _format(metrics["cpu_ms"], 2) if result.has_rate else "-",
            str(_count_errors(rounds).total()) if rounds else "-",
        )


def _notes(result: Result) -> Iterator[str]:
    """What the table has no column for."""
    if found := result.calibrations:
        yield f"calibration {_format(Summary(median(found), min(found), max(found)), 0)} requests/s"
    for variant, rounds in result.rounds.items():
        notes = []
        if names := rounds[0].cpu:
            by_process = (f"{name} {median(each.cpu[name] for each in rounds):.2f}" for name in names)
            notes.append(f"CPU ms/request by process: {', '.join(by_process)}")
        if drained := [each.drain_seconds for each in rounds if each.drain_seconds is not None]:
            notes.append(f"all events and mails processed {min(drained):.1f}–{max(drained):.1f} s after a round")
        if opened := [each.background_rate for each in rounds if each.background_rate is not None]:
            notes.append(f"background load {min(opened):.0f}–{max(opened):.0f} tickets/s")
        if shares := [each.client_cpu_share for each in rounds if each.client_cpu_share is not None]:
            notes.append(f"load generator at most {max(shares) * 100:.0f} % of a core")
        if errors := _count_errors(rounds):
            notes.append(f"errors {dict(errors)}")
        if notes:
            yield f"{variant}: {'; '.join(notes)}"
    if BASELINE not in result.rounds:  # both variants are Helpdesk
        yield describe_leak(*map(pool_latencies, result.rounds.values()))


def _count_errors(rounds: Sequence[Round]) -> Counter[str]:
    return sum((each.errors for each in rounds), Counter())


def _format(summary: Summary, digits: int) -> str:
    return f"{_number(summary.value, digits)} ({_number(summary.low, digits)}–{_number(summary.high, digits)})"


def _number(value: float, digits: int) -> str:
    return "-" if math.isnan(value) else f"{value:.{digits}f}"


def _to_data(run: Run) -> dict[str, object]:
    cases = {
        result.case: {
            "calibrations": result.calibrations,
            "rounds": {variant: list(map(_round_to_data, rounds)) for variant, rounds in result.rounds.items()},
            "summaries": {
                variant: {name: asdict(summary) for name, summary in metrics.items()}
                for variant, metrics in result.summarize().items()
            },
        }
        for result in run.results
    }
    return {
        "started": run.started,
        "seconds": run.seconds,
        "machine": dict(run.machine),
        "load_average": {"before": run.load_before, "after": run.load_after},
        "config": asdict(run.config),
        "cases": cases,
    }


def _round_to_data(each: Round) -> dict[str, object]:
    """Metrics in place of the latencies, of which there are tens of thousands."""
    return {**vars(each), "latencies": len(each.latencies), **{name: metric(each) for name, metric in METRICS.items()}}
