"""checkov's rules, with the exceptions of infra/k8s/policy.yaml."""

import fnmatch
import hashlib
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml

from cluster import tools
from cluster.checks.kustomize import Document
from cluster.paths import K8S, TOOLS

EXCEPTIONS = K8S / "policy.yaml"

SCANNED = ("dev + monitoring, backup", "production + everything", "gateway-api + everything", "openshift + everything")
"""Together they contain every document; a scan takes as long as all other checks together."""

_PASSED = TOOLS / ".venv" / ".passed"


def problems(built: dict[str, list[Document]]) -> list[str]:
    """Findings without an exception, and unused exceptions. Documents that have passed are not scanned again
    unchanged."""
    scanned = {name: built[name] for name in SCANNED}
    checkov = tools.program("checkov")
    fingerprint = _fingerprint(scanned)
    if _PASSED.exists() and _PASSED.read_text() == fingerprint:
        return []
    found = _failed(checkov, scanned)
    exceptions = [Allowance(**each) for each in yaml.safe_load(EXCEPTIONS.read_text())]
    found_problems = [
        f"{where}: {failed['check_id']} {failed['check_name']}: {failed['resource']}"
        for where, failed in found
        if not any(exception.covers(failed) for exception in exceptions)
    ] + [
        f"{EXCEPTIONS.name}: unused exception from {exception.check} for {exception.resources}"
        for exception in exceptions
        if not any(exception.covers(failed) for _, failed in found)
    ]
    if not found_problems:
        _PASSED.write_text(fingerprint)
    return found_problems


class Allowance:
    """`resources` is a list of `Kind name`, where the name may contain `*`, or `everything`."""

    def __init__(self, check: str, resources: list[str] | str, reason: str) -> None:
        if not reason.strip():
            raise ValueError(f"{check} has no reason")
        self.check, self.resources = check, resources

    def covers(self, failed: dict[str, Any]) -> bool:
        """Whether it applies to a finding, whose resource is `Kind.namespace.name`."""
        kind, _, name = str(failed["resource"]).split(".")[:3]
        return failed["check_id"] == self.check and (
            self.resources == "everything"
            or any(fnmatch.fnmatchcase(f"{kind} {name}", pattern) for pattern in self.resources)
        )


def _failed(checkov: Path, scanned: dict[str, list[Document]]) -> list[tuple[str, dict[str, Any]]]:
    with tempfile.TemporaryDirectory() as made:
        for name, documents in scanned.items():
            directory = Path(made) / name.split()[0]
            directory.mkdir()
            (directory / "all.yaml").write_text("\n---\n".join(map(json.dumps, documents)))
        command = [
            str(checkov),
            "--framework",
            "kubernetes",
            "--directory",
            made,
            "--output",
            "json",
            "--compact",
            "--quiet",
        ]
        quiet = {"PATH": os.environ["PATH"], "HOME": made, "LOG_LEVEL": "ERROR", "BC_SKIP_MAPPING": "TRUE"}
        answer = subprocess.run(
            [*command, "--skip-download", "--skip-results-upload"],
            capture_output=True,
            text=True,
            check=False,
            env=quiet,
        )
        try:
            report = json.loads(answer.stdout)
        except json.JSONDecodeError:
            raise RuntimeError(f"checkov failed: {answer.stderr.strip() or answer.stdout.strip()}") from None
    failed = report["results"]["failed_checks"]
    return [(str(each["file_path"]).strip("/").split("/")[0], each) for each in failed]


def _fingerprint(scanned: dict[str, list[Document]]) -> str:
    parts = [json.dumps(scanned), EXCEPTIONS.read_text(), (TOOLS / "uv.lock").read_text()]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
