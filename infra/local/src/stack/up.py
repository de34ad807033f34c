"""`python -m stack up`: one run of the stack."""

import asyncio
import os
from pathlib import Path

from stack import processes, secrets
from stack.console import Console
from stack.control import ControlServer, socket_path
from stack.demo_people import ACCOUNTS
from stack.lock import Holder, Lock
from stack.options import Options
from stack.paths import Paths
from stack.ports import require_free_ports
from stack.supervisor import Supervisor
from stack.topology import Stack, assemble


def run(options: Options, console: Console) -> None:
    """Returns when the stack has stopped after a signal. Raises StackError when it cannot be started."""
    paths = Paths(options.data)
    paths.prepare()
    # Released by the end of the process: `down` waits for that.
    lock = Lock.acquire(paths.lock)
    try:
        paths.check_format()
        left = processes.kill_orphans(paths.logs)
        if left:
            console.problem("supervisor", f"killed {left} processes that an earlier run had left")
        stack = assemble(options, paths, secrets.load_or_generate(paths.secrets))
        require_free_ports(stack.listening_ports(), http_port=options.http_port)
        control = socket_path(paths.data)
        lock.describe(Holder(pid=os.getpid(), url=stack.url, control=str(control)))
        asyncio.run(_supervise(stack, console, paths=paths, control=control))
    finally:
        paths.description.unlink(missing_ok=True)


async def _supervise(stack: Stack, console: Console, *, paths: Paths, control: Path) -> None:
    supervisor = Supervisor(stack.topology(), paths=paths, console=console)
    description = stack.description(str(control))

    def describe() -> None:
        description.write(paths.description, supervisor.runners.values())

    def announce() -> None:
        describe()
        console.text(_welcome(stack))

    async with ControlServer(supervisor, control):
        await supervisor.run(ready=announce, changed=describe)


def _welcome(stack: Stack) -> str:
    lines = ["", f"Helpdesk  {stack.url}"]
    if stack.mail_catcher:
        lines.append(f"Mail      {stack.mail_catcher.url}")
    if stack.has_demo_people:
        lines += ["", *(f"  {person.role:<10}{person.email:<28}{person.password}" for person in ACCOUNTS)]
    return "\n".join([*lines, "", "Ctrl-C stops everything; the data stays.", ""])
