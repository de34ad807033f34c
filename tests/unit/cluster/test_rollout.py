"""infra/k8s/rollout.sh against a kubectl that keeps the replicas of three workloads in files."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from cluster.checks.kustomize import build
from cluster.paths import K8S
from stack.paths import CHECKOUT

KUBECTL = """\
#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >> calls
case "$1 $2" in
    "get statefulsets"*)
        kinds=StatefulSet
        [ "$2" = statefulsets ] || kinds='*'
        for each in workloads/$kinds/*; do
            [ -e "$each" ] || continue
            case "$*" in
                *jsonpath*) echo "${each#workloads/} $(cat "$each") $(sed s/^0$// "$each")" ;;
                *) echo "${each#workloads/}" ;;
            esac
        done ;;
    scale*) [ -e broken ] || echo "$6" > "workloads/$2" ;;
esac
"""


class Namespace:
    """Workloads whose pods become ready at once."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        (directory / "kubectl").write_text(KUBECTL)
        (directory / "kubectl").chmod(0o700)
        self.set_replicas({"Deployment/auth-api": 2, "Deployment/auth-worker": 2, "StatefulSet/mongo": 3})

    def set_replicas(self, replicas: dict[str, int]) -> None:
        for name, count in replicas.items():
            path = self._directory / "workloads" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{count}\n")

    def replicas(self) -> dict[str, int]:
        root = self._directory / "workloads"
        return {str(each.relative_to(root)): int(each.read_text()) for each in sorted(root.glob("*/*"))}

    def refuse_to_scale(self) -> None:
        (self._directory / "broken").touch()

    def roll_out(self) -> subprocess.CompletedProcess[str]:
        environment = os.environ | {"PATH": f"{self._directory}:{os.environ['PATH']}"}
        command = ["sh", str(K8S / "rollout.sh"), "an-overlay"]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)

    def calls(self) -> list[str]:
        return (self._directory / "calls").read_text().splitlines()


@pytest.fixture
def namespace(tmp_path: Path) -> Namespace:
    return Namespace(tmp_path)


def test_a_rollout_after_a_restore_starts_what_was_scaled_to_zero_and_changes_no_other(namespace: Namespace) -> None:
    namespace.set_replicas({"Deployment/auth-api": 0})
    answer = namespace.roll_out()
    assert answer.returncode == 0, answer.stderr
    assert namespace.replicas() == {"Deployment/auth-api": 1, "Deployment/auth-worker": 2, "StatefulSet/mongo": 3}


def test_a_server_that_was_scaled_to_zero_is_started_before_the_jobs_wait_for_it(namespace: Namespace) -> None:
    namespace.set_replicas({"StatefulSet/mongo": 0})
    assert namespace.roll_out().returncode == 0
    verbs = [call.split()[0] for call in namespace.calls()]
    assert verbs.index("scale") < verbs.index("wait")


def test_a_service_that_was_scaled_to_zero_does_not_run_its_previous_image_beside_the_jobs(
    namespace: Namespace,
) -> None:
    namespace.set_replicas({"StatefulSet/mongo": 0, "Deployment/auth-api": 0})
    assert namespace.roll_out().returncode == 0
    calls = [call for call in namespace.calls() if call.startswith(("scale", "wait", "apply"))]
    order = [call.split()[0] if call.split()[0] != "scale" else call.split()[1] for call in calls]
    assert order == ["apply", "StatefulSet/mongo", "wait", "apply", "Deployment/auth-api"]


def test_a_rollout_that_serves_nobody_is_no_success(namespace: Namespace) -> None:
    namespace.set_replicas({"Deployment/auth-api": 0})
    namespace.refuse_to_scale()
    answer = namespace.roll_out()
    assert answer.returncode == 1
    assert answer.stderr.strip() == "Deployment/auth-api has no ready pod."


def test_every_workload_is_waited_for(namespace: Namespace) -> None:
    assert namespace.roll_out().returncode == 0
    waited = {call.split()[2] for call in namespace.calls() if call.startswith("rollout status")}
    assert waited == set(namespace.replicas())


def test_the_review_before_an_upgrade_leaves_out_the_jobs_and_nothing_else() -> None:
    page = (CHECKOUT / "docs/operations/upgrade.md").read_text()
    (excluded,) = re.findall(r"kubectl diff .* notin \((.*)\)", page)
    jobs = {each in excluded.split(", ") for each in _components("Job")}
    others = {each in excluded.split(", ") for each in _components("Deployment", "StatefulSet", "CronJob")}
    assert (jobs, others) == ({True}, {False})


def _components(*kinds: str) -> set[str]:
    label = "app.kubernetes.io/component"
    documents = build("production + everything")
    return {each["metadata"].get("labels", {}).get(label, "") for each in documents if each["kind"] in kinds}
