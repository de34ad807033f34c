"""How much password hashing a process takes on."""

import pytest

from auth.domain.hashing_capacity import hashing_capacity


@pytest.mark.parametrize(
    ("cores", "processes", "parallel", "pending"),
    [(2, 1, 2, 20), (8, 1, 8, 80), (8, 4, 2, 20), (8, 8, 1, 10), (2, 8, 1, 2)],
)
def test_the_processes_of_an_installation_share_two_seconds_of_its_cores(
    cores: int, processes: int, parallel: int, pending: int
) -> None:
    capacity = hashing_capacity(cores=cores, processes=processes, hash_seconds=0.2, wait_seconds=2)

    assert (capacity.parallel, capacity.pending) == (parallel, pending)


def test_a_slower_machine_lets_fewer_wait() -> None:
    pending = [hashing_capacity(cores=2, processes=1, hash_seconds=s, wait_seconds=2).pending for s in (0.1, 0.4, 9)]

    assert pending == [40, 10, 2]


@pytest.mark.parametrize("hash_seconds", [0.001, 0.2, 5])
def test_a_part_of_the_places_is_kept_for_known_devices(hash_seconds: float) -> None:
    capacity = hashing_capacity(cores=2, processes=1, hash_seconds=hash_seconds, wait_seconds=2)

    assert 1 <= capacity.reserved < capacity.pending
