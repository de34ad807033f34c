"""What docs/operations/install.md tells people to write works."""

import re
import shutil
import subprocess
from pathlib import Path

import yaml

from cluster.checks import hardening, references
from cluster.checks.kustomize import kubectl
from cluster.paths import K8S
from stack.paths import CHECKOUT

PAGE = CHECKOUT / "docs" / "operations" / "install.md"


def test_the_overlay_that_people_copy_builds_and_passes_our_rules(tmp_path: Path) -> None:
    [overlay] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    shutil.copytree(K8S, tmp_path / "k8s")
    ours = tmp_path / "k8s" / "overlays" / "ours"
    ours.mkdir()
    (ours / "kustomization.yaml").write_text(overlay)
    command = [kubectl(), "kustomize", str(ours)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    documents = list(yaml.safe_load_all(answer.stdout))
    assert references.problems(documents) == []
    assert hardening.problems(documents) == []
    [ingress] = [each for each in documents if each["kind"] == "Ingress"]
    assert ingress["spec"]["rules"][0]["host"] == ingress["spec"]["tls"][0]["hosts"][0] == "desk.example.org"
    [certificate] = [each for each in documents if each["kind"] == "Certificate"]
    assert certificate["spec"]["dnsNames"] == ["desk.example.org"]
