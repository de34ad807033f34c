"""The schemas of Kubernetes 1.33, and those in infra/k8s/schemas for other kinds."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from cluster import tools
from cluster.checks.kustomize import Document
from cluster.paths import SCHEMAS

KUBERNETES = "1.33"


def problems(built: dict[str, list[Document]]) -> list[str]:
    """Each document is checked once, however many combinations contain it."""
    documents = {json.dumps(document): document for documents in built.values() for document in documents}
    known = _other_schemas()
    others = [each for each in documents.values() if each["apiVersion"] in {version for version, _ in known}]
    return [
        *(problem for document in others for problem in _schema_problems(known, document)),
        *_kubernetes_problems([each for each in documents.values() if each not in others]),
    ]


def _other_schemas() -> dict[tuple[str, str], Draft202012Validator]:
    found = {}
    for path in SCHEMAS.glob("*.yaml"):
        schema: dict[str, Any] = yaml.safe_load(path.read_text())
        named = schema["properties"]
        found[named["apiVersion"]["const"], named["kind"]["const"]] = Draft202012Validator(schema)
    return found


def _schema_problems(known: dict[tuple[str, str], Draft202012Validator], document: Document) -> list[str]:
    name = f"{document['kind']} {document['metadata']['name']}"
    validator = known.get((document["apiVersion"], document["kind"]))
    if validator is None:
        return [f"{name}: infra/k8s/schemas has no schema for it"]
    return [f"{name}: {error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def _kubernetes_problems(documents: list[Document]) -> list[str]:
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "all.yaml"
        file.write_text("\n---\n".join(map(json.dumps, documents)))  # JSON is YAML, and faster to write
        command = [str(tools.program("kubernetes-validate")), "--strict", "--quiet", "-k", KUBERNETES, str(file)]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    output = (answer.stdout + answer.stderr).replace(str(file), "").strip()
    return [output] if answer.returncode else []
