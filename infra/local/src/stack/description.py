"""stack.json describes the running stack for scripts and tests. It contains credentials, hence mode 0600."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.component_runner import ComponentRunner
from stack.options import SmtpServer
from stack.secrets import write_private


@dataclass(frozen=True)
class Description:
    url: str
    mail_url: str | None
    """None where `--smtp` names another mail server."""
    smtp: SmtpServer
    nats_url: str
    nats_monitor_url: str
    nats_users: dict[str, str]
    """User -> password."""
    mongo_url: str
    accounts: list[dict[str, str]]
    control: str

    def as_json(self, runners: Iterable[ComponentRunner]) -> dict[str, Any]:
        processes = [
            {"name": runner.name, "pid": runner.pid, "port": runner.component.port, "state": runner.state.value}
            for runner in runners
        ]
        return vars(self) | {"smtp": vars(self.smtp), "processes": processes}

    def write(self, path: Path, runners: Iterable[ComponentRunner]) -> None:
        write_private(path, json.dumps(self.as_json(runners), indent=2) + "\n")
