"""What the code says of a decision can be looked up."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
DECISION = re.compile(r"decisions/(\d{4}[a-z0-9-]*(?:\.md)?)")


def test_every_decision_that_is_referred_to_is_there() -> None:
    decisions = [path.name for path in (ROOT / "docs/decisions").glob("*.md")]
    lines = subprocess.run(
        ["git", "grep", "--untracked", "-I", "-n", r"decisions/[0-9]"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()

    dangling = [
        line
        for line in lines
        for reference in DECISION.findall(line)
        if not any(name == reference or name.startswith(f"{reference}-") for name in decisions)
    ]
    assert lines
    assert dangling == []
