"""Takes one backup."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from nats.js import JetStreamContext

from backup import streams
from backup.archive import Writer, writing
from backup.databases import Changed, Client, dump
from backup.manifest import Manifest
from backup.retention import name_of, superfluous
from common import clock

log = structlog.get_logger("backup")

ATTEMPTS = 3
MARGIN = timedelta(hours=1)
"""Said again after a restore are also the events of the hour before the oldest that somebody may not have handled:
their order in the stream is not quite that of their times."""


async def take(client: Client, js: JetStreamContext, directory: Path, recipient: str) -> Path:
    """The new file. Raises what MongoDB, NATS or the disk raise; then there is none."""
    path = directory / name_of(clock.now())
    for attempt in range(ATTEMPTS):
        try:
            with writing(path, recipient) as archive:
                manifest = await _written(client, js, archive)
            log.info("taken", file=path.name, bytes=path.stat().st_size, documents=manifest.documents)
            return path
        except Changed as changed:
            if attempt == ATTEMPTS - 1:
                raise
            log.warning("begun anew", reason=str(changed))
    raise AssertionError("unreachable")


def prune(directory: Path) -> list[str]:
    """Removes what is not kept any longer, and says what that was."""
    removed = superfluous(path.name for path in directory.iterdir())
    for name in removed:
        (directory / name).unlink()
        log.info("removed", file=name)
    return removed


async def _written(client: Client, js: JetStreamContext, archive: Writer) -> Manifest:
    # The order is the point: what a consumer had settled before MongoDB's moment, that moment has the effect of.
    began = clock.now()
    unheard_since = await _unheard_since(client, js, began)
    kept = {stream: await streams.messages(js, stream) for stream in streams.ONLY_COPIES}
    databases, cluster_time = await asyncio.to_thread(dump, client, archive)
    for stream, (text, _) in kept.items():
        archive.add(f"nats/{stream}.jsonl", text)
    manifest = Manifest(
        taken_at=began,
        cluster_time=cluster_time,
        unheard_since=unheard_since,
        databases=databases,
        streams={stream: content for stream, (_, content) in kept.items()},
    )
    archive.add("manifest.json", manifest.to_json())
    return manifest


async def _unheard_since(client: Client, js: JetStreamContext, began: datetime) -> datetime:
    unpublished = await asyncio.to_thread(streams.oldest_unpublished, client)
    unacknowledged = await streams.oldest_unacknowledged(js)
    return min(time for time in (began, unpublished, unacknowledged) if time is not None) - MARGIN
