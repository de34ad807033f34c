"""The file: a tar stream (POSIX.1-2001) inside age (age-encryption.org/v1). Neither is ever held whole in memory, and
what is not encrypted never touches a disk.

By hand: `age --decrypt -i key FILE | tar -x` gives a folder of BSON files in pieces, and `manifest.json`.
"""

import io
import os
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyrage


class Broken(Exception):
    """The file can not be read, or holds something else than was written."""


class Writer:
    """Members in the order they are added."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        self._tar.addfile(member, io.BytesIO(content))


@contextmanager
def writing(path: Path, recipient: str) -> Iterator[Writer]:
    """A new file, readable by its owner alone. Under another name until it is whole, and gone if it never is."""
    partial = path.with_name(f"{path.name}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            to = [pyrage.x25519.Recipient.from_str(recipient)]
            with (
                _through(lambda source: pyrage.encrypt_io(source, file, to)) as pipe,
                tarfile.open(fileobj=pipe, mode="w|", format=tarfile.PAX_FORMAT) as tar,
            ):
                yield Writer(tar)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def reading(path: Path, identities: str) -> Iterator[tuple[str, bytes]]:
    """Names and contents, in order. `identities` is the text of age's key file: one a line, # before what is none.

    Raises Broken, also in the midst of it: age notices each altered bit.
    """
    lines = [line.strip() for line in identities.splitlines()]
    try:
        key = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except pyrage.IdentityError:
        raise Broken("the key file can not be read: a key begins with AGE-SECRET-KEY-1") from None
    source, sink = os.pipe()
    failed: list[Exception] = []

    def decrypt() -> None:
        with path.open("rb") as file, os.fdopen(sink, "wb") as pipe:
            try:
                pyrage.decrypt_io(file, pipe, key)
            except (pyrage.DecryptError, OSError, ValueError) as error:
                failed.append(error)

    thread = threading.Thread(target=decrypt, name="decrypt")
    thread.start()
    try:
        with os.fdopen(source, "rb") as plain, tarfile.open(fileobj=plain, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member)
                yield member.name, content.read() if content else b""
    except tarfile.TarError as error:
        failed.append(error)
    finally:
        thread.join()
    if failed:
        raise Broken(f"{path.name} can not be read: {failed[0]}")


@contextmanager
def _through(consume: Callable[[IO[bytes]], None]) -> Iterator[IO[bytes]]:
    """What is written to the pipe is consumed by another thread; its error is raised here at the end."""
    source, sink = os.pipe()
    failed: list[Exception] = []

    def run() -> None:
        with os.fdopen(source, "rb") as plain:
            try:
                consume(plain)
            except (pyrage.EncryptError, OSError) as error:
                failed.append(error)

    thread = threading.Thread(target=run, name="encrypt")
    thread.start()
    try:
        with os.fdopen(sink, "wb") as pipe:
            yield pipe
    finally:
        thread.join()
    if failed:
        raise failed[0]
