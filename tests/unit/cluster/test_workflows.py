"""The public CI runs nothing that can change under it, and releases only what it checked."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from stack.paths import CHECKOUT

WORKFLOWS = CHECKOUT / ".github" / "workflows"
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def workflow(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((WORKFLOWS / name).read_text())
    return found


def commands(name: str) -> Iterator[str]:
    return (step["run"] for job in workflow(name)["jobs"].values() for step in job.get("steps", []) if "run" in step)


@pytest.mark.parametrize("name", ["audit.yaml", "check.yaml", "release.yaml"])
def test_every_action_is_pinned_to_a_commit_with_its_version_beside_it(name: str) -> None:
    used = re.findall(r"uses: .*", (WORKFLOWS / name).read_text())
    assert [each for each in used if not PINNED.fullmatch(each) and not each.startswith("uses: ./")] == []


def test_no_image_is_released_that_did_not_pass_every_check() -> None:
    jobs = workflow("release.yaml")["jobs"]
    assert jobs["check"]["uses"] == "./.github/workflows/check.yaml"
    assert {name: job.get("needs") for name, job in jobs.items() if name != "check"} == {"image": "check"}
    assert jobs["check"].get("permissions", {"contents": "read"}) == {"contents": "read"}


def test_only_the_job_that_publishes_may_write_packages() -> None:
    release = workflow("release.yaml")
    assert release["permissions"] == {"contents": "read"}
    assert release["jobs"]["image"]["permissions"] == {"contents": "read", "packages": "write", "id-token": "write"}


def test_dependencies_are_audited() -> None:
    assert "make audit" in list(commands("check.yaml"))


def test_dependencies_are_audited_each_week_while_nothing_changes() -> None:
    scheduled = re.search(r'schedule:\n +- cron: "(.+)"', (WORKFLOWS / "audit.yaml").read_text())
    assert scheduled
    minute, hour, day, month, weekday = scheduled[1].split()
    assert (minute.isdecimal(), hour.isdecimal(), weekday.isdecimal()) == (True, True, True)
    assert (day, month) == ("*", "*")
    assert "make audit" in list(commands("audit.yaml"))
