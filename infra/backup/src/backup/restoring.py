"""Reads a backup, proves that it is whole, and puts it back."""

import asyncio
import hashlib
from itertools import groupby
from pathlib import Path

import structlog
from nats.js import JetStreamContext

from backup import streams
from backup.archive import Broken, reading
from backup.databases import Client, digest, drop_all, empty, load, split
from backup.manifest import Content, Manifest

log = structlog.get_logger("restore")


class NotEmpty(Exception):
    """There is something already where the backup is to go."""


def verify(path: Path, identity: str) -> Manifest:
    """What the file says it holds, once all of it was read and found so. Raises Broken."""
    hashes: dict[tuple[str, str], hashlib._Hash] = {}
    counts: dict[tuple[str, str], int] = {}
    manifest: Manifest | None = None
    for name, content in reading(path, identity):
        if name == "manifest.json":
            manifest = Manifest.from_json(content)
            continue
        place = _place(name)
        hashes.setdefault(place, hashlib.sha256()).update(content)
        found = len(content.splitlines()) if name.startswith("nats/") else sum(1 for _ in split(content))
        counts[place] = counts.get(place, 0) + found
    if manifest is None:
        raise Broken(f"{path.name} ends before its manifest")
    told = _contents(manifest)
    for place in told.keys() | hashes.keys():
        expected = told.get(place)
        actual = (counts.get(place), hashes[place].hexdigest() if place in hashes else None)
        if expected is None or actual != (expected.count, expected.sha256):
            raise Broken(f"{path.name}: {'/'.join(place)} is not what the manifest says")
    return manifest


async def restore(client: Client, js: JetStreamContext, path: Path, identity: str, *, replace: bool) -> Manifest:
    """All of it, and looks afterwards whether it is there. No service may be running.

    Raises Broken before anything is changed; NotEmpty where there is data that is not to be replaced, or a stream that
    would get messages twice.
    """
    manifest = await asyncio.to_thread(verify, path, identity)
    for stream in streams.ONLY_COPIES:
        if (await js.stream_info(stream)).state.messages:
            raise NotEmpty(f"the stream {stream} has messages already; restore into an empty JetStream")
    if not await asyncio.to_thread(empty, client):
        if not replace:
            raise NotEmpty("MongoDB has data already; --replace removes it first")
        await asyncio.to_thread(drop_all, client)
    await asyncio.to_thread(_load_all, client, path, identity, manifest)
    for name, content in reading(path, identity):
        if name.startswith("nats/"):
            await streams.put_back(js, content.splitlines())
    await prove(client, js, manifest)
    return manifest


async def prove(client: Client, js: JetStreamContext, manifest: Manifest) -> None:
    """That what is there now is what was there then. Raises Broken."""
    for database, collections in manifest.databases.items():
        for collection, content in collections.items():
            found = await asyncio.to_thread(digest, client, database, collection)
            if found != (content.count, content.sha256):
                raise Broken(f"{database}.{collection} has {found[0]} documents and is not as it was ({content.count})")
    for stream, content in manifest.streams.items():
        _, present = await streams.messages(js, stream)
        if (present.count, present.sha256) != (content.count, content.sha256):
            raise Broken(f"{stream} has {present.count} messages and is not as it was ({content.count})")
    log.info("proved", documents=manifest.documents)


def _load_all(client: Client, path: Path, identity: str, manifest: Manifest) -> None:
    members = (member for member in reading(path, identity) if member[0].startswith("mongo/"))
    for (database, collection), pieces in groupby(members, key=lambda member: _place(member[0])):
        load(client, database, collection, (content for _, content in pieces), manifest.databases[database][collection])


def _contents(manifest: Manifest) -> dict[tuple[str, str], Content]:
    return {
        **{("nats", stream): content for stream, content in manifest.streams.items()},
        **{
            (database, collection): content
            for database, collections in manifest.databases.items()
            for collection, content in collections.items()
        },
    }


def _place(name: str) -> tuple[str, str]:
    """Database and collection, or `nats` and the stream. Raises Broken."""
    parts = name.split("/")
    if len(parts) == 4 and parts[0] == "mongo":
        return parts[1], parts[2]
    if len(parts) == 2 and parts[0] == "nats":
        return "nats", parts[1].removesuffix(".jsonl")
    raise Broken(f"{name} is not part of a backup")
