"""The archive: a tar stream (POSIX.1-2001) encrypted with age (age-encryption.org/v1). It is never in memory as a
whole, and never on disk unencrypted.

`age --decrypt -i key FILE | tar -x` extracts it to a directory of BSON files, JSON lines and `manifest.json`.
"""

import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import pyrage


class InvalidArchive(Exception):
    """The file cannot be read, or its content differs from its manifest."""


AddMember = Callable[[str, bytes], None]


@contextmanager
def create_archive(path: Path, recipient: str) -> Iterator[AddMember]:
    """Yields a function that appends a member. The file is readable only by its owner, and has its name only once it is
    complete."""
    partial = path.with_name(f"{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            recipients = [pyrage.x25519.Recipient.from_str(recipient)]
            with (
                _pipe("wb", lambda source: pyrage.encrypt_io(source, file, recipients)) as pipe,
                tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):

                def add_member(name: str, content: bytes) -> None:
                    member = tarfile.TarInfo(name)
                    member.size = len(content)
                    tar.addfile(member, io.BytesIO(content))

                yield add_member
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def read_archive(path: Path, identities: str) -> Iterator[tuple[str, bytes]]:
    """Yields names and contents in order. `identities` is the text of an age key file: one identity per line, comments
    begin with #.

    Raises InvalidArchive, possibly after some members: age authenticates the file in chunks.
    """
    lines = [line.strip() for line in identities.splitlines()]
    try:
        keys = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        raise InvalidArchive("the key file is invalid: a key begins with AGE-SECRET-KEY-1") from None
    try:
        with (
            path.open("rb") as file,
            _pipe("rb", lambda sink: pyrage.decrypt_io(file, sink, keys)) as pipe,
            tarfile.open(fileobj=pipe, mode="r|") as tar,
        ):
            for member in tar:
                content = tar.extractfile(member)
                yield member.name, content.read() if content else b""
            while pipe.read(tarfile.RECORDSIZE):
                pass  # tarfile stops at the first of the two empty blocks; what follows must still be decrypted
    except (tarfile.TarError, pyrage.DecryptError, OSError, ValueError) as error:
        raise InvalidArchive(f"{path.name} cannot be read: {error}") from None


@contextmanager
def _pipe(mode: Literal["rb", "wb"], process: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """Yields one end of a pipe while a thread runs `process` on the other end. Raises the thread's error at the end."""
    source, sink = os.pipe()
    near, far = (source, sink) if mode == "rb" else (sink, source)
    errors: list[Exception] = []

    def run() -> None:
        with os.fdopen(far, "wb" if mode == "rb" else "rb") as end:
            try:
                process(end)
            except (pyrage.EncryptError, pyrage.DecryptError, OSError, ValueError) as error:
                errors.append(error)

    thread = threading.Thread(target=run, name="age")
    thread.start()
    try:
        with os.fdopen(near, mode) as end:
            yield end
    except tarfile.TarError as error:
        errors.append(error)  # after the error of the thread, which is its cause
    finally:
        thread.join()
    if errors:
        raise errors[0]
