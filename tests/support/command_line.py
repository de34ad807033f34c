"""Services as an operator starts them: `python -m <service> …`, told everything by environment variables."""

import asyncio
import os
import sys
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from common.settings import Settings


@dataclass(frozen=True)
class Finished:
    """A command that ended. `said` is all it wrote, to either stream."""

    status: int
    out: str
    err: str

    @property
    def said(self) -> str:
        return self.out + self.err


def environment_of(settings: Settings) -> dict[str, str]:
    """The variables that make a service read these settings, and nothing else."""
    told = {f"HELPDESK_{name.upper()}": _written(value) for name, value in settings if value is not None}
    return {"PATH": os.environ["PATH"], **told}


def _written(value: Any) -> str:
    match value:
        case SecretStr():
            return value.get_secret_value()
        case bool():
            return "on" if value else "off"
        case list():
            return ",".join(map(_written, value))
    return str(value)


async def command(service: str, settings: Settings, *arguments: str, typed: str = "") -> Finished:
    """Runs it to its end; `typed` is its standard input."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", service, *arguments),
        env=environment_of(settings),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(typed.encode())
    assert process.returncode is not None
    return Finished(process.returncode, out.decode(), err.decode())
