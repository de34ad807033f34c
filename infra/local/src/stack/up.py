"""`python -m stack up`: one run of the stack, from the lock to the last process gone."""

import asyncio
import os
from pathlib import Path

from stack import processes, secrets
from stack.console import Console
from stack.control import ControlServer, socket_path
from stack.demo_people import PEOPLE
from stack.lock import Holder, Lock
from stack.options import Options
from stack.places import Places
from stack.ports import refuse_taken
from stack.supervisor import Supervisor
from stack.topology import Stack, assemble


def run(options: Options, console: Console) -> None:
    """Returns when the stack was told to stop and has; raises StackError when it cannot be brought up."""
    places = Places(options.data)
    places.prepare()
    # Never given back by hand: it goes with our process, so whoever waits for it finds us gone.
    lock = Lock.acquire(places.lock)
    try:
        left = processes.kill_left_behind(places.logs)
        if left:
            console.problem("supervisor", f"killed {left} processes that an earlier run had left behind")
        stack = assemble(options, places, secrets.load_or_generate(places.secrets))
        refuse_taken(stack.taken_ports(), door=options.door)
        control = socket_path(places.data)
        lock.describe(Holder(pid=os.getpid(), url=stack.url, control=str(control)))
        asyncio.run(_supervise(stack, console, places=places, control=control))
    finally:
        places.description.unlink(missing_ok=True)


async def _supervise(stack: Stack, console: Console, *, places: Places, control: Path) -> None:
    supervisor = Supervisor(stack.topology(), places=places, console=console)
    description = stack.description(str(control))

    def describe() -> None:
        description.write(places.description, supervisor.keepers.values())

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
        lines += ["", *(f"  {person.role:<10}{person.email:<28}{person.password}" for person in PEOPLE)]
    return "\n".join([*lines, "", "Ctrl-C stops everything; the data stays.", ""])
