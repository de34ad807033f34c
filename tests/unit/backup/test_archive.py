"""The file gives back what was written, to whom it was written for, and to nobody who changed a bit of it."""

from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backup.archive import Broken, reading, writing

KEY = pyrage.x25519.Identity.generate()
RECIPIENT, IDENTITY = str(KEY.to_public()), f"# ours\n{KEY}\n"
MEMBERS = {"mongo/tickets/tickets/000000.bson": b"x" * 3_000_000, "nats/REPLAYS.jsonl": b"", "manifest.json": b"{}"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar.age"
    with writing(path, RECIPIENT) as archive:
        for name, content in MEMBERS.items():
            archive.add(name, content)
    return path


def test_what_was_written_is_read_in_its_order(file: Path) -> None:
    assert dict(reading(file, IDENTITY)) == MEMBERS
    assert [name for name, _ in reading(file, IDENTITY)] == list(MEMBERS)


def test_nothing_of_it_can_be_read_without_the_key(file: Path) -> None:
    assert b"REPLAYS" not in file.read_bytes()
    with pytest.raises(Broken, match="can not be read"):
        list(reading(file, str(pyrage.x25519.Identity.generate())))
    with pytest.raises(Broken, match="AGE-SECRET-KEY-1"):
        list(reading(file, RECIPIENT))


def test_only_its_owner_may_read_the_file(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_single_changed_bit_is_noticed(file: Path, where: float) -> None:
    altered = bytearray(file.read_bytes())
    altered[int(where * len(altered))] ^= 1
    other = file.with_name("altered")
    other.write_bytes(altered)
    with pytest.raises(Broken):
        list(reading(other, IDENTITY))


def test_a_file_that_is_cut_off_is_noticed(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(Broken):
        list(reading(file, IDENTITY))


def test_a_backup_that_fails_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> None:
        with writing(tmp_path / "x", RECIPIENT) as archive:
            archive.add("mongo/a/b/000000.bson", b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
