"""stack.json: the running stack for scripts and tests. It holds credentials, hence mode 0600."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stack.keeper import Keeper
from stack.options import SmtpServer
from stack.secrets import write_private


@dataclass(frozen=True)
class Description:
    url: str
    mail_url: str | None
    """None when mail goes to a server of somebody else (`--smtp`)."""
    smtp: SmtpServer
    nats_url: str
    nats_monitor_url: str
    nats_users: dict[str, str]
    """User -> password."""
    mongo_url: str
    accounts: list[dict[str, str]]
    control: str

    def as_json(self, keepers: Iterable[Keeper]) -> dict[str, Any]:
        processes = [
            {"name": keeper.name, "pid": keeper.pid, "port": keeper.component.port, "state": keeper.state.value}
            for keeper in keepers
        ]
        return vars(self) | {"smtp": vars(self.smtp), "processes": processes}

    def write(self, path: Path, keepers: Iterable[Keeper]) -> None:
        write_private(path, json.dumps(self.as_json(keepers), indent=2) + "\n")
