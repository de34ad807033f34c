"""The alert rules do what their unit tests say, and each leads somebody who was woken to a page that helps."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster.paths import COMPONENTS
from stack.paths import CHECKOUT

MONITORING = COMPONENTS / "monitoring"
PROMTOOL = shutil.which("promtool")

needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here (Debian: the package prometheus)")


def groups_of(path: Path) -> list[dict[str, Any]]:
    """Of a PrometheusRule."""
    found: list[dict[str, Any]] = yaml.safe_load(path.read_text())["spec"]["groups"]
    return found


def alerts() -> Iterator[dict[str, Any]]:
    for path in (MONITORING / "rules").glob("*.yaml"):
        for group in groups_of(path):
            yield from (rule for rule in group["rules"] if "alert" in rule)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """As Prometheus itself reads them, with their tests beside them."""
    for path in (MONITORING / "rules").glob("*.yaml"):
        (tmp_path / path.name).write_text(yaml.safe_dump({"groups": groups_of(path)}))
    for path in (MONITORING / "tests").glob("*.yaml"):
        shutil.copyfile(path, tmp_path / f"test-{path.name}")
    return tmp_path


def promtool(directory: Path, *arguments: str) -> None:
    command = [str(PROMTOOL), *arguments]
    answer = subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@needs_promtool
def test_prometheus_understands_every_rule(rules: Path) -> None:
    promtool(rules, "check", "rules", *(path.name for path in (MONITORING / "rules").glob("*.yaml")))


@needs_promtool
@pytest.mark.parametrize("name", sorted(path.name for path in (MONITORING / "tests").glob("*.yaml")))
def test_every_alert_is_raised_when_it_should_be_and_only_then(rules: Path, name: str) -> None:
    promtool(rules, "test", "rules", f"test-{name}")


def test_every_alert_has_a_unit_test_that_sees_it_raised_and_one_that_sees_it_silent() -> None:
    cases = [
        case
        for path in (MONITORING / "tests").glob("*.yaml")
        for test in yaml.safe_load(path.read_text())["tests"]
        for case in test.get("alert_rule_test", [])
    ]
    names = {alert["alert"] for alert in alerts()}
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == names
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == names


def test_every_alert_leads_to_a_page_that_names_it() -> None:
    for alert in alerts():
        page = CHECKOUT / alert["annotations"]["runbook_url"]
        assert page.exists(), alert["alert"]
        assert alert["alert"] in page.read_text(), f"{page.name} does not say what {alert['alert']} means"


def test_every_alert_says_whether_it_may_wake_somebody() -> None:
    assert {alert["labels"]["severity"] for alert in alerts()} == {"page", "ticket"}
