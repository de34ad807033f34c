"""Programs of other people that check manifests, in an environment of their own (infra/cluster/tools)."""

import subprocess
import sys
from pathlib import Path

from cluster.paths import TOOLS

_ENVIRONMENT = TOOLS / ".venv"


def program(name: str) -> Path:
    """Where it is; installed first where it is missing or the lock names another version."""
    lock, installed = TOOLS / "uv.lock", _ENVIRONMENT / ".installed"
    if not installed.exists() or installed.read_text() != lock.read_text():
        uv = Path(sys.executable).parent / "uv"
        print("Installing what checks the manifests …", file=sys.stderr)
        subprocess.run([uv, "sync", "--quiet", "--frozen", "--project", TOOLS], check=True)
        installed.write_text(lock.read_text())
    return _ENVIRONMENT / "bin" / name
