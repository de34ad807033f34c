"""What the manifests of infra/k8s would give to a pod."""

import argparse
import base64
import importlib.util
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyrage import x25519

from cluster.checks.kustomize import Document
from cluster.checks.references import containers
from cluster.paths import K8S

Secrets = Mapping[str, Mapping[str, str]]
"""Name -> key -> value."""


def made_secrets() -> dict[str, dict[str, str]]:
    """As an operator makes them, by infra/k8s/make_secrets.py."""
    spec = importlib.util.spec_from_file_location("make_secrets", K8S / "make_secrets.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    options = argparse.Namespace(
        namespace="helpdesk",
        mongo_url=module.MONGO_URL,
        backup_recipient=str(x25519.Identity.generate().to_public()),
        smtp_username=None,
    )
    return {each["metadata"]["name"]: each["stringData"] for each in module.manifests(options)}


def secrets_in(documents: list[Document]) -> dict[str, dict[str, str]]:
    """Those that an overlay brings along."""
    return {
        each["metadata"]["name"]: {key: base64.b64decode(value).decode() for key, value in each["data"].items()}
        for each in documents
        if each["kind"] == "Secret"
    }


def manifest(documents: list[Document], kind: str, name: str) -> Document:
    """The one of that kind whose name begins so."""
    return next(each for each in documents if each["kind"] == kind and each["metadata"]["name"].startswith(name))


def environment_of(
    container: Mapping[str, Any], secrets: Secrets, documents: list[Document] | None = None, pod: str = "pod"
) -> dict[str, str]:
    """As the kubelet makes it: references looked up, $(NAME) replaced by what was set before, and what is optional and
    not there left out."""
    environment: dict[str, str] = {}
    for source in container.get("envFrom", []):
        environment |= manifest(documents or [], "ConfigMap", source["configMapRef"]["name"])["data"]
    for variable in container.get("env", []):
        source = variable.get("valueFrom", {})
        if "fieldRef" in source:
            environment[variable["name"]] = pod
        elif named := source.get("secretKeyRef"):
            if named["name"] in secrets or not named.get("optional"):
                environment[variable["name"]] = secrets[named["name"]][named["key"]]
        else:
            environment[variable["name"]] = re.sub(
                r"\$\((\w+)\)", lambda match: environment[match[1]], variable["value"]
            )
    return environment


def container_of(documents: list[Document], workload: str, name: str) -> Document:
    """A container or init container of a StatefulSet."""
    template = manifest(documents, "StatefulSet", workload)["spec"]["template"]
    return next(each for each in containers(template) if each["name"] == name)


def exec_probe(documents: list[Document], container: Document, probe: str, replaced: Mapping[str, str]) -> list[str]:
    """The command of an exec probe, with its ConfigMap written to the directory that replaces the mount path of that.
    `replaced`: paths and ports of the manifests -> those of the test."""
    command: list[str] = container[f"{probe}Probe"]["exec"]["command"]
    mount_path = str(Path(command[1]).parent)
    for name, text in manifest(documents, "ConfigMap", f"{container['name']}-")["data"].items():
        (Path(replaced[mount_path]) / name).write_text(text)
    pattern = "|".join(re.escape(each) for each in replaced)
    return [re.sub(pattern, lambda match: replaced[match[0]], each) for each in command]
