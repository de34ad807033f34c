"""Dump and load of all databases at one cluster time.

A session with read concern `snapshot` reads all collections of all databases as they were at the cluster time of its
first read, so the dump is consistent across services. `minSnapshotHistoryWindowInSeconds` limits how long that time
stays readable.
"""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from bson import json_util
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.client_session import ClientSession

from backup.archive import AddMember, InvalidArchive
from backup.manifest import Content

Client = MongoClient[dict[str, Any]]

PIECE_BYTES = 8 * 1024**2
"""Approximate size of one member of the archive."""

_SYSTEM_DATABASES = {"admin", "config", "local"}
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


class LayoutChanged(Exception):
    """Collections or indexes were created or dropped during the dump."""


def dump_databases(client: Client, add_member: AddMember) -> tuple[dict[str, Content], tuple[int, int]]:
    """Returns the contents by key, and the cluster time. Raises LayoutChanged."""
    layout = _read_layout(client)
    with client.start_session(snapshot=True) as session:
        contents = {
            key: hash_collection(client, key, session, add_member).model_copy(update={"options": options})
            for key, options in sorted(layout.items())
        }
        snapshot_time = session._snapshot_time  # noqa: SLF001 - PyMongo has no public name for it
    if _read_layout(client) != layout:
        raise LayoutChanged("collections or indexes were created during the dump")
    return contents, (snapshot_time.time, snapshot_time.inc) if snapshot_time else (0, 0)


def load_collection(client: Client, key: str, pieces: Iterable[bytes], options: str) -> None:
    """Creates the collection with its documents and indexes. The database must not have it yet."""
    database, name = _split_key(key)
    arguments = json_util.loads(options)
    indexes = [index for index in arguments.pop("indexes") if index["name"] != "_id_"]
    client[database].create_collection(name, **arguments)
    collection = client[database][name].with_options(_RAW)
    for piece in pieces:
        if documents := list(split_documents(piece)):
            collection.insert_many(documents)
    if indexes:
        client[database].command("createIndexes", name, indexes=indexes)


def hash_collection(
    client: Client, key: str, session: ClientSession | None = None, add_member: AddMember | None = None
) -> Content:
    """Reads a collection in the order of `_id`, and adds it to the archive in pieces."""
    database, name = _split_key(key)
    hashed, count, number, piece = hashlib.sha256(), 0, 0, bytearray()

    def flush() -> None:
        hashed.update(piece)
        if add_member:
            add_member(f"{key}/{number:06}.bson", bytes(piece))
        piece.clear()

    for document in client[database][name].with_options(_RAW).find(sort=[("_id", 1)], session=session):
        piece += document.raw
        count += 1
        if len(piece) >= PIECE_BYTES:
            flush()
            number += 1
    flush()  # an empty collection has one empty member
    return Content(count=count, sha256=hashed.hexdigest())


def is_empty(client: Client) -> bool:
    return not _read_layout(client)


def drop_databases(client: Client) -> None:
    """All but the system databases, which contain the users."""
    for name in _database_names(client):
        client.drop_database(name)


def split_documents(piece: bytes) -> Iterator[RawBSONDocument]:
    """A BSON document begins with its length (bsonspec.org). Raises InvalidArchive."""
    start = 0
    while start < len(piece):
        length = int.from_bytes(piece[start : start + 4], "little")
        if length < 5 or start + length > len(piece):
            raise InvalidArchive("a document is truncated")
        yield RawBSONDocument(piece[start : start + length])
        start += length


def _split_key(key: str) -> tuple[str, str]:
    """Database and collection."""
    _, database, collection = key.split("/", 2)
    return database, collection


def _read_layout(client: Client) -> dict[str, str]:
    """Key of each collection -> its options and indexes."""
    return {
        f"mongo/{name}/{found['name']}": json_util.dumps(
            {**found.get("options", {}), "indexes": _read_indexes(client, name, found["name"])}
        )
        for name in _database_names(client)
        for found in client[name].list_collections()
        if found["type"] == "collection" and not found["name"].startswith("system.")
    }


def _read_indexes(client: Client, database: str, collection: str) -> list[dict[str, Any]]:
    return sorted(map(dict, client[database][collection].list_indexes()), key=lambda index: str(index["name"]))


def _database_names(client: Client) -> list[str]:
    return [name for name in client.list_database_names() if name not in _SYSTEM_DATABASES]
