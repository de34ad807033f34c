"""An archive can be read only with its key, and any modification is detected."""

import fcntl
import os
import tarfile
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backup.archive import InvalidArchive, create_archive, read_archive

KEY = pyrage.x25519.Identity.generate()
RECIPIENT, IDENTITY = str(KEY.to_public()), f"# comment\n{KEY}\n"
MEMBERS = {
    "mongo/tickets/tickets/000000.bson": b"x" * 3_000_000,
    "nats/REPLAYS_AUTH/000000.jsonl": b"",
    "manifest.json": b"{}",
}
make_pipe = os.pipe
BLOCKS_PER_RECORD = tarfile.RECORDSIZE // tarfile.BLOCKSIZE


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "backup.tar.age"
    with create_archive(path, RECIPIENT) as add_member:
        for name, content in MEMBERS.items():
            add_member(name, content)
    return path


def test_members_are_read_in_the_order_they_were_written(file: Path) -> None:
    assert dict(read_archive(file, IDENTITY)) == MEMBERS
    assert [name for name, _ in read_archive(file, IDENTITY)] == list(MEMBERS)


@pytest.mark.parametrize("blocks", range(BLOCKS_PER_RECORD))
def test_an_archive_of_any_length_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int
) -> None:
    """Also where the two empty blocks at its end are in two records of the tar stream, and the pipe holds only one."""
    path = tmp_path / "backup.tar.age"
    with create_archive(path, RECIPIENT) as add_member:
        add_member("manifest.json", b"x" * tarfile.BLOCKSIZE * blocks)
    monkeypatch.setattr("os.pipe", small_pipe)
    assert [name for name, _ in read_archive(path, IDENTITY)] == ["manifest.json"]


def small_pipe() -> tuple[int, int]:
    ends = make_pipe()
    fcntl.fcntl(ends[0], fcntl.F_SETPIPE_SZ, 4_096)
    return ends


def test_an_archive_cannot_be_read_without_the_key(file: Path) -> None:
    assert b"REPLAYS" not in file.read_bytes()
    with pytest.raises(InvalidArchive, match="cannot be read"):
        list(read_archive(file, str(pyrage.x25519.Identity.generate())))
    with pytest.raises(InvalidArchive, match="AGE-SECRET-KEY-1"):
        list(read_archive(file, RECIPIENT))


def test_only_the_owner_can_read_the_file(file: Path) -> None:
    assert file.stat().st_mode & 0o777 == 0o600


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_single_changed_bit_is_detected(file: Path, where: float) -> None:
    altered = bytearray(file.read_bytes())
    altered[int(where * len(altered))] ^= 1
    other = file.with_name("altered")
    other.write_bytes(altered)
    with pytest.raises(InvalidArchive):
        list(read_archive(other, IDENTITY))


def test_a_truncated_file_is_detected(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(InvalidArchive):
        list(read_archive(file, IDENTITY))


def test_a_missing_file_is_reported(tmp_path: Path) -> None:
    with pytest.raises(InvalidArchive, match="No such file"):
        list(read_archive(tmp_path / "missing", IDENTITY))


def test_a_failed_backup_leaves_no_file(tmp_path: Path) -> None:
    def fail() -> None:
        with create_archive(tmp_path / "x", RECIPIENT) as add_member:
            add_member("mongo/a/b/000000.bson", b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []
