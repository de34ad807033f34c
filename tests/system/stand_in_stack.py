"""A stack of stand-ins under the real supervisor: `python -m tests.system.stand_in_stack DATA PORT PORT [PROGRAM]`.

`base` and `worker` each listen on a port; `worker` needs `base` and has a child of its own. PROGRAM, if given, is
what `worker` runs instead.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from stack import processes
from stack.component import Component, Topology
from stack.console import Console
from stack.control import ControlServer, socket_path
from stack.errors import StackError
from stack.lock import Holder, Lock
from stack.paths import Paths
from stack.readiness import wait_for_port
from stack.supervisor import Supervisor

LISTEN = "import socket, sys, time; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); time.sleep(3600)"
LISTEN_WITH_CHILD = f"import subprocess; subprocess.Popen(['sleep', '3600']); {LISTEN}"


def topology(base_port: int, worker_port: int, worker: str) -> Topology:
    return Topology(
        layers=[
            [_component("base", LISTEN, port=base_port)],
            [_component("worker", worker, port=worker_port, needs=["base"])],
        ]
    )


def _component(name: str, program: str, *, port: int, needs: list[str] | None = None) -> Component:
    async def ready() -> None:
        await wait_for_port(port)

    return Component(
        name, port=port, command=[sys.executable, "-c", program, str(port)], ready=ready, needs=needs or []
    )


async def _run(paths: Paths, topology: Topology) -> None:
    supervisor = Supervisor(topology, paths=paths, console=Console())
    async with ControlServer(supervisor, socket_path(paths.data)):
        await supervisor.run(ready=(paths.data / "ready").touch, changed=lambda: None)


def main(data: str, base_port: str, worker_port: str, worker: str = LISTEN_WITH_CHILD) -> int:
    for number in (signal.SIGINT, signal.SIGHUP):  # ignored where the tests run in the background of a script
        signal.signal(number, signal.SIG_DFL)
    paths = Paths(Path(data))
    paths.prepare()
    try:
        lock = Lock.acquire(paths.lock)
        processes.kill_orphans(paths.logs)
        lock.describe(Holder(pid=os.getpid(), url="http://localhost", control=str(socket_path(paths.data))))
        asyncio.run(_run(paths, topology(int(base_port), int(worker_port), worker)))
    except StackError as error:
        print(error)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
