"""A stack of stand-ins under the real supervisor: `python -m tests.system.stand_in_stack DATA PORT [PROGRAM]`.

`base` and `worker` each listen on a port; `worker` needs `base` and has a child of its own. PROGRAM, if given, is
what `worker` runs instead.
"""

import asyncio
import os
import sys
from pathlib import Path

from stack import processes
from stack.component import Component, Topology
from stack.console import Console
from stack.control import ControlServer, socket_path
from stack.errors import StackError
from stack.lock import Holder, Lock
from stack.places import Places
from stack.readiness import port_open
from stack.supervisor import Supervisor

LISTEN = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(3600)"
LISTEN_WITH_CHILD = f"import subprocess; subprocess.Popen(['sleep', '3600']); {LISTEN}"


def topology(port: int, worker: str) -> Topology:
    return Topology(
        layers=[
            [_component("base", LISTEN, port=port)],
            [_component("worker", worker, port=port + 1, needs=["base"])],
        ]
    )


def _component(name: str, program: str, *, port: int, needs: list[str] | None = None) -> Component:
    async def ready() -> None:
        await port_open(port)

    return Component(
        name, port=port, command=[sys.executable, "-c", program, str(port)], ready=ready, needs=needs or []
    )


async def _run(places: Places, topology: Topology) -> None:
    supervisor = Supervisor(topology, places=places, console=Console())
    async with ControlServer(supervisor, socket_path(places.data)):
        await supervisor.run(ready=(places.data / "ready").touch, changed=lambda: None)


def main(data: str, port: str, worker: str = LISTEN_WITH_CHILD) -> int:
    places = Places(Path(data))
    places.prepare()
    try:
        lock = Lock.acquire(places.lock)
        processes.kill_left_behind(places.logs)
        lock.describe(Holder(pid=os.getpid(), url="http://localhost", control=str(socket_path(places.data))))
        asyncio.run(_run(places, topology(int(port), worker)))
    except StackError as error:
        print(error)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
