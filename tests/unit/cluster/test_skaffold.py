"""What skaffold.yaml names is there, and it builds what is deployed."""

from typing import Any

import pytest
import yaml

from cluster.checks.kustomize import build
from cluster.checks.references import containers, pods
from stack.paths import CHECKOUT


@pytest.fixture(scope="module")
def skaffold() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((CHECKOUT / "skaffold.yaml").read_text())
    return found


def test_it_builds_every_image_of_ours_that_is_deployed_and_the_journey(skaffold: dict[str, Any]) -> None:
    deployed = {
        container["image"].partition(":")[0]
        for _, template in pods(build("dev"))
        for container in containers(template)
        if container["image"].startswith("helpdesk/")
    }
    built = {artifact["image"] for artifact in skaffold["build"]["artifacts"]}
    assert built == deployed | {"helpdesk/journey"}
    assert {case["container"]["image"] for case in skaffold["verify"]} <= built


def test_every_file_that_it_names_is_there(skaffold: dict[str, Any]) -> None:
    for artifact in skaffold["build"]["artifacts"]:
        context = CHECKOUT / artifact.get("context", ".")
        dockerfile = context / artifact["docker"]["dockerfile"]
        stages = [line.split()[-1] for line in dockerfile.read_text().splitlines() if line.startswith("FROM")]
        assert artifact["docker"].get("target", stages[-1]) in stages
        for sync in artifact.get("sync", {}).get("manual", []):
            assert sync["src"].startswith(sync["strip"])
            assert (CHECKOUT / sync["strip"]).is_dir() or sync["strip"] == "web/dist/"  # which is built
    assert all((CHECKOUT / path).is_dir() for path in skaffold["manifests"]["kustomize"]["paths"])
    for case in skaffold["verify"]:
        assert (CHECKOUT / case["executionMode"]["kubernetesCluster"]["jobManifestPath"]).is_file()


def test_what_its_profile_changes_is_there(skaffold: dict[str, Any]) -> None:
    [production] = skaffold["profiles"]
    for patch in production["patches"]:
        at: Any = skaffold
        for step in patch["path"].strip("/").split("/"):
            at = at[int(step)] if isinstance(at, list) else at[step]
    assert {patch["op"] for patch in production["patches"]} == {"remove", "replace"}
