"""Every database at one moment of MongoDB's clock, and back.

A session with read concern `snapshot` sees all collections of all databases as they were at the cluster time of its
first read. So the facts of one service and their effects in another fit together, whatever goes on meanwhile. How long
that moment stays readable is `minSnapshotHistoryWindowInSeconds`.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any, cast

from bson import json_util
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.client_session import ClientSession
from pymongo.collection import Collection
from pymongo.database import Database

from backup.archive import Broken, Writer
from backup.manifest import Content

Client = MongoClient[dict[str, Any]]

_NOT_OURS = {"admin", "config", "local"}
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
PIECE = 8 * 1024**2
"""About how many bytes of documents are in one member of the archive."""


class Changed(Exception):
    """Collections came or went while they were read."""


def dump(client: Client, archive: Writer) -> tuple[dict[str, dict[str, Content]], list[int]]:
    """All of it as it was at one moment, and that moment. Raises Changed; then it is to be done again."""
    before = _layout(client)
    with client.start_session(snapshot=True) as session:
        found = {
            database: {
                collection: _dumped(client[database], collection, options, session, archive)
                for collection, options in sorted(collections.items())
            }
            for database, collections in sorted(before.items())
        }
        moment = session._snapshot_time  # noqa: SLF001 - PyMongo does not say it in another way
    if _layout(client) != before:
        raise Changed("collections or indexes were made while they were read")
    return found, [moment.time, moment.inc] if moment else [0, 0]


def load(client: Client, database: str, collection: str, pieces: Iterable[bytes], content: Content) -> None:
    """One collection with its indexes, into a database that does not have it."""
    options = json_util.loads(content.options)
    indexes = options.pop("indexes")
    client[database].create_collection(collection, **options)
    into = _raw(client[database], collection)
    for piece in pieces:
        if documents := list(split(piece)):
            into.insert_many(documents)
    if wanted := [index for index in indexes if index["name"] != "_id_"]:
        client[database].command("createIndexes", collection, indexes=wanted)


def digest(client: Client, database: str, collection: str) -> tuple[int, str]:
    """Count and hash of what is there now, as `dump` counts and hashes."""
    documents = _raw(client[database], collection).find(sort=[("_id", 1)])
    hashed, count = hashlib.sha256(), 0
    for document in documents:
        hashed.update(document.raw)
        count += 1
    return count, hashed.hexdigest()


def empty(client: Client) -> bool:
    """Whether no service has written anything yet."""
    return not _layout(client)


def drop_all(client: Client) -> None:
    """Every database but MongoDB's own; users stay, they are kept in one of those."""
    for name in _names(client):
        client.drop_database(name)


def split(piece: bytes) -> Iterator[RawBSONDocument]:
    """Documents that were written one after the other (BSON begins with its length, bsonspec.org). Raises Broken."""
    at = 0
    while at < len(piece):
        length = int.from_bytes(piece[at : at + 4], "little")
        if length < 5 or at + length > len(piece):
            raise Broken("a document is cut off")
        yield RawBSONDocument(piece[at : at + length])
        at += length


def _dumped(
    database: Database[dict[str, Any]], name: str, options: str, session: ClientSession, archive: Writer
) -> Content:
    hashed, count, number = hashlib.sha256(), 0, 0
    piece = bytearray()
    for document in _raw(database, name).find(sort=[("_id", 1)], session=session):
        hashed.update(document.raw)
        count += 1
        piece += document.raw
        if len(piece) >= PIECE:
            archive.add(_member(database.name, name, number), bytes(piece))
            number += 1
            piece.clear()
    archive.add(_member(database.name, name, number), bytes(piece))
    return Content(count, hashed.hexdigest(), options)


def _raw(database: Database[dict[str, Any]], collection: str) -> Collection[RawBSONDocument]:
    """Documents as the bytes they are stored as."""
    return database.get_collection(collection, cast("CodecOptions[dict[str, Any]]", _RAW))  # type: ignore[return-value]


def _member(database: str, collection: str, number: int) -> str:
    return f"mongo/{database}/{collection}/{number:06}.bson"


def _layout(client: Client) -> dict[str, dict[str, str]]:
    """Database -> collection -> its options and indexes."""
    return {
        name: {
            found["name"]: json_util.dumps(
                {**found.get("options", {}), "indexes": _indexes(client[name], found["name"])}
            )
            for found in client[name].list_collections()
            if found["type"] == "collection" and not found["name"].startswith("system.")
        }
        for name in _names(client)
    }


def _indexes(database: Database[dict[str, Any]], collection: str) -> list[dict[str, Any]]:
    return sorted((dict(index) for index in database[collection].list_indexes()), key=lambda index: str(index["name"]))


def _names(client: Client) -> list[str]:
    return [name for name in client.list_database_names() if name not in _NOT_OURS]
