"""Creates a backup, and deletes expired ones."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from nats.js import JetStreamContext

from backup.archive import AddMember, create_archive
from backup.manifest import Manifest
from backup.mongo_dump import Client, LayoutChanged, dump_databases
from backup.retention import expired_backups, file_name
from backup.stream_dump import (
    STREAMS_TO_DUMP,
    dump_stream,
    find_oldest_parked,
    find_oldest_unacknowledged,
    find_oldest_unpublished,
)
from common import clock

log = structlog.get_logger("backup")

REPLAY_MARGIN = timedelta(hours=1)
"""Subtracted from the time of the oldest unprocessed event: events are not exactly in the order of their times."""


async def create_backup(
    client: Client, js: JetStreamContext, directory: Path, recipient: str, *, attempts: int = 3
) -> Path:
    """Returns the new file. If MongoDB, NATS or the disk fails, raises their error and leaves no file."""
    path = directory / file_name(clock.now())
    try:
        with create_archive(path, recipient) as add_member:
            manifest = await _dump(client, js, add_member)
    except LayoutChanged as error:
        if attempts == 1:
            raise
        log.warning("backup restarted", reason=str(error))
        return await create_backup(client, js, directory, recipient, attempts=attempts - 1)
    log.info("backup created", file=path.name, bytes=path.stat().st_size, documents=manifest.documents)
    return path


def delete_expired(directory: Path) -> None:
    for name in expired_backups(path.name for path in directory.iterdir()):
        (directory / name).unlink()
        log.info("backup deleted", file=name)


async def _dump(client: Client, js: JetStreamContext, add_member: AddMember) -> Manifest:
    # The order matters: the snapshot has the effects of all events that were acknowledged before it was taken.
    taken_at = clock.now()
    replay_since = await _find_replay_start(client, js, taken_at)
    streams = {f"nats/{stream}": await dump_stream(js, stream) for stream in STREAMS_TO_DUMP}
    databases, cluster_time = await asyncio.to_thread(dump_databases, client, add_member)
    for key, (text, _) in streams.items():
        add_member(f"{key}/000000.jsonl", text)
    manifest = Manifest(
        taken_at=taken_at,
        cluster_time=cluster_time,
        replay_since=replay_since,
        contents=databases | {key: content for key, (_, content) in streams.items()},
    )
    add_member("manifest.json", manifest.to_json())
    return manifest


async def _find_replay_start(client: Client, js: JetStreamContext, taken_at: datetime) -> datetime:
    unpublished = await asyncio.to_thread(find_oldest_unpublished, client)
    unacknowledged = await find_oldest_unacknowledged(js)
    # After the unacknowledged ones: an event is parked before it is acknowledged.
    parked = await asyncio.to_thread(find_oldest_parked, client)
    return min(time for time in (taken_at, unpublished, unacknowledged, parked) if time is not None) - REPLAY_MARGIN
