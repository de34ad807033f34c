"""Which port belongs to whom. All derive from the front door's, so two checkouts can run side by side.

P       front door            P+3     mongod            P+10..19   auth, one per replica
P+1     mail page             P+4     NATS              P+20..29   tickets
P+2     SMTP of the catcher   P+5     NATS monitoring   P+30..39   notifications
                                                        P+40..49   mailer
"""

import errno
import os
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from stack.errors import PortTaken

SPAN = 50
"""A stack uses ports of door .. door+49 and no others."""

MAX_REPLICAS = 10

_SERVICE_OFFSETS = {"auth": 10, "tickets": 20, "notifications": 30, "mailer": 40}
_LISTENING = "0A"


@dataclass(frozen=True)
class Ports:
    door: int

    def __post_init__(self) -> None:
        if not 1024 <= self.door <= 65536 - SPAN:
            raise PortTaken(f"HELPDESK_PORT={self.door} leaves no room: choose one from 1024 to {65536 - SPAN}.")

    @property
    def mail_page(self) -> int:
        return self.door + 1

    @property
    def smtp(self) -> int:
        return self.door + 2

    @property
    def mongo(self) -> int:
        return self.door + 3

    @property
    def nats(self) -> int:
        return self.door + 4

    @property
    def nats_monitor(self) -> int:
        return self.door + 5

    def service(self, name: str, replica: int = 0) -> int:
        """Port of a service's replica, counted from 0."""
        if not 0 <= replica < MAX_REPLICAS:
            raise ValueError(f"replica {replica} of {name}: there is room for {MAX_REPLICAS}")
        return self.door + _SERVICE_OFFSETS[name] + replica


def refuse_taken(ports: Iterable[int], *, door: int) -> None:
    """Raise PortTaken naming the first port someone listens on, and who it is if /proc lets us see."""
    for port in sorted(ports):
        if not _is_free(port):
            holder = holder_of(port)
            by = f" by {holder}" if holder else ""
            raise PortTaken(
                f"Port {port} is taken{by}; stop that, or use other ports: HELPDESK_PORT={door + 100} make up"
            )


def holder_of(port: int) -> str | None:
    """`process 4711 (python -m http.server)` for whoever listens on `port`; None if that cannot be read."""
    inodes = _listening_inodes(port)
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in inodes for link in (directory / "fd").iterdir()):
                command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return f"process {directory.name} ({command[:120]})"
        except OSError:  # gone meanwhile, or another user's
            continue
    return None


def free_port() -> int:
    """A port nobody listens on at this moment, for servers of tests. Below those that the kernel gives to outgoing
    connections: one of these would be taken again before the server is up."""
    while not _is_free(port := random.SystemRandom().randrange(10_000, 21_000)):
        pass
    return port


def free_range(count: int) -> int:
    """The first of so many ports in a row that nobody listens on at this moment, above those of `free_port`. Two ranges
    of the same length are the same or have nothing in common, so that who comes next does not begin in the middle of
    one."""
    for _ in range(100):
        first = 21_000 + count * random.SystemRandom().randrange(10_000 // count)
        if all(map(_is_free, range(first, first + count))):
            return first
    raise PortTaken(f"There are no {count} free ports in a row between 21000 and 31000.")


def has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As every server does: a connection in TIME_WAIT is no obstacle, a listener is.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise PortTaken(f"Port {port} cannot be used: {os.strerror(error.errno or 0)}.") from error
    return True


def _listening_inodes(port: int) -> set[str]:
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        lines = table.read_text().splitlines()[1:] if table.exists() else []
        for fields in map(str.split, lines):
            local, state, inode = fields[1], fields[3], fields[9]
            if state == _LISTENING and int(local.rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{inode}]")
    return inodes
