"""The ports of a stack. All derive from HELPDESK_PORT, so two checkouts can run side by side.

P       NGINX                 P+3     mongod            P+10..19   the first service of the table, one per replica
P+1     mail page             P+4     NATS              P+20..29   the second service
P+2     SMTP of the catcher   P+5     NATS monitoring   …
"""

import errno
import os
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from common.services import SERVICES
from stack.errors import PortTaken

MAX_REPLICAS = 10

SPAN = MAX_REPLICAS * (len(SERVICES) + 1)
"""A stack uses the ports P .. P+SPAN-1 and no others."""

_SERVICE_OFFSETS = {name: MAX_REPLICAS * (index + 1) for index, name in enumerate(SERVICES)}
_LISTENING = "0A"


@dataclass(frozen=True)
class Ports:
    http: int
    """Of NGINX: HELPDESK_PORT."""

    def __post_init__(self) -> None:
        if not 1024 <= self.http <= 65536 - SPAN:
            raise PortTaken(f"HELPDESK_PORT={self.http} is out of range: choose one from 1024 to {65536 - SPAN}.")

    @property
    def mail_page(self) -> int:
        return self.http + 1

    @property
    def smtp(self) -> int:
        return self.http + 2

    @property
    def mongo(self) -> int:
        return self.http + 3

    @property
    def nats(self) -> int:
        return self.http + 4

    @property
    def nats_monitor(self) -> int:
        return self.http + 5

    def service(self, name: str, replica: int = 0) -> int:
        """Port of a service's replica. Replicas count from 0."""
        if not 0 <= replica < MAX_REPLICAS:
            raise ValueError(f"replica {replica} of {name}: at most {MAX_REPLICAS} have a port")
        return self.http + _SERVICE_OFFSETS[name] + replica


def require_free_ports(ports: Iterable[int], *, http_port: int) -> None:
    """Raises PortTaken with the first port that is in use, and the process that listens on it where /proc shows it."""
    for port in sorted(ports):
        if not _is_free(port):
            listener = listener_on(port)
            by = f" by {listener}" if listener else ""
            raise PortTaken(
                f"Port {port} is in use{by}; stop it, or use other ports: HELPDESK_PORT={http_port + 100} make up"
            )


def listener_on(port: int) -> str | None:
    """The process that listens on `port`, as `process 4711 (python -m http.server)`; None if that cannot be read."""
    inodes = _listening_inodes(port)
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if any(str(link.readlink()) in inodes for link in (directory / "fd").iterdir()):
                command = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
                return f"process {directory.name} ({command[:120]})"
        except OSError:  # it exited, or belongs to another user
            continue
    return None


def free_port() -> int:
    """A port that is free at this moment, for servers of tests. It is below the kernel's ephemeral ports, which an
    outgoing connection could take before the server listens."""
    while not _is_free(port := random.SystemRandom().randrange(10_000, 21_000)):
        pass
    return port


def free_range(count: int) -> int:
    """The first of `count` consecutive free ports, above those of `free_port`. Ranges of the same length are aligned:
    they are equal or disjoint."""
    for _ in range(100):
        first = 21_000 + count * random.SystemRandom().randrange(10_000 // count)
        if all(map(_is_free, range(first, first + count))):
            return first
    raise PortTaken(f"There are no {count} consecutive free ports between 21000 and 31000.")


def has_ipv6_loopback() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a connection in TIME_WAIT does not block the port, a listener does.
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
