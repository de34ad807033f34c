"""External programs that check manifests, in their own environment (infra/cluster/tools)."""

import subprocess
import sys
from pathlib import Path

from cluster.paths import TOOLS

_ENVIRONMENT = TOOLS / ".venv"


def program(name: str) -> Path:
    """Its path. Installs it where it is missing or differs from the lock."""
    lock, installed = TOOLS / "uv.lock", _ENVIRONMENT / ".installed"
    if not installed.exists() or installed.read_text() != lock.read_text():
        uv = Path(sys.executable).parent / "uv"
        print("Installing the tools that check the manifests …", file=sys.stderr)
        subprocess.run([uv, "sync", "--quiet", "--frozen", "--project", TOOLS], check=True)
        installed.write_text(lock.read_text())
    return _ENVIRONMENT / "bin" / name
