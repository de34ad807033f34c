"""The report has a row per variant, the ratio of the compared variants, and notes."""

from collections import Counter
from pathlib import Path

from bench.case import RunConfig
from bench.measurement import Round
from bench.report import Result, Run, render_results, write_report

FAST = Round([5.0] * 100, seconds=1.0, cpu={"server": 2.0})
SLOW = Round([10.0] * 50, seconds=1.0, cpu={"tickets": 6.0}, errors=Counter({"503": 2}), drain_seconds=0.4)
CREATE = Result("create-ticket", {"helpdesk": [SLOW] * 3, "baseline": [FAST] * 3}, [1000.0])
LOGIN = Result(
    "login-timing",
    {"unknown account": [Round([1.0, 2.0])], "wrong password": [Round([1.0, 2.0])]},
    [],
)


def test_the_table_shows_each_variant_and_the_ratio_of_the_first_two() -> None:
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in render_results([CREATE]).splitlines()[:5]]
    helpdesk, baseline, ratio = rows[2:]
    assert helpdesk[:5] == ["`create-ticket`", "helpdesk", "50 (50–50)", "5.00 %", "10.0 (10.0–10.0)"]
    assert helpdesk[-1] == "6"
    assert baseline[1:4] == ["baseline", "100 (100–100)", "10.00 %"]
    assert (ratio[1], ratio[2], ratio[7]) == ("helpdesk/baseline", "0.50 (0.50–0.50)", "3.00 (3.00–3.00)")


def test_the_notes_have_errors_deferred_work_and_timing_leaks() -> None:
    notes = render_results([CREATE, LOGIN])
    assert "errors {'503': 6}" in notes
    assert "processed 0.4–0.4 s after a round" in notes
    assert "`login-timing`: timing leak: the best threshold classifies 50.0 %" in notes


def test_a_run_is_written_as_markdown_with_its_commit_and_as_json(tmp_path: Path) -> None:
    machine = {"commit": "abc1234", "cores": "2", "processor": "Test CPU", "python": "3.11"}
    config = RunConfig(rounds=3, seconds=2.0, warm_up=0.5, connections=32, mails=12)
    run = Run("2026-11-22T05:10:56+00:00", 60.0, machine, "0.1", "1.9", config, [CREATE, LOGIN])
    as_json, as_markdown = write_report(run, tmp_path)
    assert as_markdown.name == "2026-11-22T051056Z.md"
    assert as_markdown.read_text().startswith(
        "## Run of 2026-11-22T05:10:56+00:00\n\nCommit abc1234. 2 cores, Test CPU."
    )
    assert '"503": 2' in as_json.read_text()
