"""What is built: the overlays, and the combinations of components that we say work together."""

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
    "production + tls": ("tls",),
    "production + dkim": ("dkim",),
    "production + monitoring": ("monitoring",),
    "production + tracing": ("tracing",),
    "production + keda": ("keda",),
    "production + backup": ("backup",),
    "production + everything": ("tls", *_EXTENSIONS),
    "production + everything, managed-mongo": ("tls", *_EXTENSIONS, "managed-mongo"),
    "gateway-api": (),
    "gateway-api + everything": _EXTENSIONS,
    "openshift": (),
    "openshift + everything": (*_EXTENSIONS, "backup/on-openshift"),
}
"""Overlay and its components, by a name whose first word is the overlay."""


def build_all() -> dict[str, list[Document]]:
    """Each combination as `kubectl kustomize` makes it. Raises RuntimeError with its own words where it can not."""
    kubectl()  # installed before, not by several at once
    with ThreadPoolExecutor(os.cpu_count()) as workers:
        return dict(zip(COMBINATIONS, workers.map(build, COMBINATIONS), strict=True))


def build(name: str) -> list[Document]:
    """One of them."""
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
    # kustomize takes no absolute path.
    return os.path.relpath(target, directory)


def kubectl() -> str:
    """The one on PATH, else that of infra/cluster/tools."""
    return shutil.which("kubectl") or str(tools.program("kubectl"))
