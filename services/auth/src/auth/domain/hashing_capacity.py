"""How many passwords a process hashes at the same time, and how many may wait for it."""

from dataclasses import dataclass

RESERVED_SHARE = 4
"""One place in four is kept for known devices."""


@dataclass(frozen=True)
class HashingCapacity:
    """`pending` counts all places of the queue, of which `reserved` are kept for known devices."""

    parallel: int
    pending: int
    reserved: int


def hashing_capacity(*, cores: int, processes: int, hash_seconds: float, wait_seconds: float) -> HashingCapacity:
    """Of one of `processes` that share `cores`. `hash_seconds` is the CPU time of one hash: the cores complete
    `cores / hash_seconds` a second, of which each process has its share, however many of them run."""
    parallel = max(cores // processes, 1)
    pending = max(int(wait_seconds * cores / (processes * hash_seconds)), 2)
    return HashingCapacity(parallel, pending, reserved=max(pending // RESERVED_SHARE, 1))
