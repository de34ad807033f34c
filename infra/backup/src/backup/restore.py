"""Verifies a backup, and restores it."""

import asyncio
import hashlib
from collections import Counter, defaultdict
from itertools import groupby
from pathlib import Path

import structlog
from nats.js import JetStreamContext

from backup.archive import InvalidArchive, read_archive
from backup.manifest import Manifest
from backup.mongo_dump import Client, drop_databases, hash_collection, is_empty, load_collection, split_documents
from backup.stream_dump import STREAMS_TO_DUMP, dump_stream, load_stream

log = structlog.get_logger("restore")


class TargetNotEmpty(Exception):
    """MongoDB or JetStream has data already."""


def verify_backup(path: Path, identity: str) -> Manifest:
    """Reads the whole file and compares it with its manifest. Raises InvalidArchive."""
    hashes: defaultdict[str, hashlib._Hash] = defaultdict(hashlib.sha256)
    counts = Counter[str]()
    manifest: Manifest | None = None
    for name, content in read_archive(path, identity):
        if name == "manifest.json":
            manifest = Manifest.from_json(content)
            continue
        key = _manifest_key(name)
        hashes[key].update(content)
        is_stream = key.startswith("nats/")
        counts[key] += len(content.splitlines()) if is_stream else sum(1 for _ in split_documents(content))
    if manifest is None:
        raise InvalidArchive(f"{path.name} ends before its manifest")
    actual = {key: (counts[key], hashed.hexdigest()) for key, hashed in hashes.items()}
    expected = {key: (content.count, content.sha256) for key, content in manifest.contents.items()}
    for key in actual.keys() | expected.keys():
        if actual.get(key) != expected.get(key):
            raise InvalidArchive(f"{path.name}: {key} differs from the manifest")
    return manifest


async def restore_backup(client: Client, js: JetStreamContext, path: Path, identity: str, *, replace: bool) -> Manifest:
    """Restores everything, and verifies the result. No service may be running.

    Raises InvalidArchive before any change. Raises TargetNotEmpty if a stream has messages, which would then be there
    twice, or if MongoDB has data and `replace` is false.
    """
    manifest = await asyncio.to_thread(verify_backup, path, identity)
    for stream in STREAMS_TO_DUMP:
        if (await js.stream_info(stream)).state.messages:
            raise TargetNotEmpty(f"the stream {stream} has messages already; restore into an empty JetStream")
    if not await asyncio.to_thread(is_empty, client):
        if not replace:
            raise TargetNotEmpty("MongoDB has data already; --replace deletes it first")
        await asyncio.to_thread(drop_databases, client)
    for key, members in groupby(read_archive(path, identity), key=lambda member: _manifest_key(member[0])):
        pieces = (content for _, content in members)
        if key.startswith("mongo/"):
            await asyncio.to_thread(load_collection, client, key, pieces, manifest.contents[key].options)
        elif key.startswith("nats/"):
            for piece in pieces:
                await load_stream(js, piece)
    await verify_restored(client, js, manifest)
    return manifest


async def verify_restored(client: Client, js: JetStreamContext, manifest: Manifest) -> None:
    """Compares the databases and streams with the manifest. Raises InvalidArchive."""
    for key, expected in manifest.contents.items():
        if key.startswith("mongo/"):
            actual = await asyncio.to_thread(hash_collection, client, key)
        else:
            _, actual = await dump_stream(js, key.removeprefix("nats/"))
        if (actual.count, actual.sha256) != (expected.count, expected.sha256):
            raise InvalidArchive(f"{key} differs from the backup: {actual.count} entries, expected {expected.count}")
    log.info("restore verified", documents=manifest.documents)


def _manifest_key(name: str) -> str:
    """The directory of a member of the archive."""
    return name.rpartition("/")[0]
