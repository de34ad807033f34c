"""The overlays and the supported combinations of components, and how they are built."""

import os
import shutil
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from cluster import tools
from cluster.paths import COMPONENTS, OVERLAYS

Document = dict[str, Any]

_EXTENSIONS = ("monitoring", "tracing", "keda", "backup", "dkim")

COMBINATIONS: dict[str, tuple[str, ...]] = {
    "dev": (),
    "dev + monitoring, backup": ("monitoring", "backup"),
    "production": (),
    "production + managed-mongo": ("managed-mongo",),
    "production + dkim": ("dkim",),
    "production + monitoring": ("monitoring",),
    "production + tracing": ("tracing",),
    "production + keda": ("keda",),
    "production + backup": ("backup",),
    "production + everything": _EXTENSIONS,
    "production + everything, managed-mongo": (*_EXTENSIONS, "managed-mongo"),
    "gateway-api": (),
    "gateway-api + everything": _EXTENSIONS,
    "openshift": (),
    "openshift + everything": (*_EXTENSIONS, "backup/on-openshift"),
}
"""Name, whose first word is the overlay -> components."""


def build_all() -> dict[str, list[Document]]:
    """Name -> documents, as `kubectl kustomize` builds them. Raises RuntimeError with its error."""
    kubectl()  # installed once, before the threads
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return dict(zip(COMBINATIONS, workers.map(build, COMBINATIONS), strict=True))


def build(name: str) -> list[Document]:
    """The documents of one combination."""
    overlay, components = name.split()[0], COMBINATIONS[name]
    with tempfile.TemporaryDirectory() as made:
        directory = Path(made).resolve()
        kustomization = {
            "resources": [_from(directory, OVERLAYS / overlay)],
            "components": [_from(directory, COMPONENTS / each) for each in components],
        }
        (directory / "kustomization.yaml").write_text(yaml.safe_dump(kustomization))
        answer = subprocess.run([kubectl(), "kustomize", made], capture_output=True, text=True, check=False)
        if answer.returncode:
            raise RuntimeError(f"{name}: {answer.stderr.strip()}")
    return list(yaml.load_all(answer.stdout, Loader=yaml.CSafeLoader))


def _from(directory: Path, target: Path) -> str:
    # kustomize refuses absolute paths.
    return os.path.relpath(target, directory)


def kubectl() -> str:
    """kubectl on PATH, else that of infra/cluster/tools."""
    return shutil.which("kubectl") or str(tools.program("kubectl"))
