"""File content in MongoDB, in the layout of GridFS.

The driver's own writer buffers up to 48 MB, so it would hold a file of 25 MB in memory. This module writes the chunks
itself. (https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md)
"""

from collections.abc import AsyncIterator
from uuid import UUID

from bson import Binary
from pymongo import ASCENDING, IndexModel

from common import clock
from common.errors import NotFound
from common.mongo import Database

FILES, CHUNKS = "contents.files", "contents.chunks"
INDEXES = {
    FILES: [IndexModel([("filename", ASCENDING), ("uploadDate", ASCENDING)])],
    CHUNKS: [IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True)],
}

CHUNK_BYTES = 255 * 1024
"""The specification's default: a chunk with its overhead fits into 256 kB."""


class GridFs:
    """The bucket `contents`."""

    def __init__(self, db: Database) -> None:
        self._files = db[FILES]
        self._chunks = db[CHUNKS]

    async def write(self, id_: UUID, content: AsyncIterator[bytes]) -> None:
        """As `Storage` says."""
        try:
            await self._write_all(id_, content)
        except Exception:
            await self.remove(id_)
            raise

    async def _write_all(self, id_: UUID, content: AsyncIterator[bytes]) -> None:
        buffer = bytearray()
        length = count = 0
        async for piece in content:
            buffer += piece
            length += len(piece)
            while len(buffer) >= CHUNK_BYTES:
                await self._write_chunk(id_, count, bytes(buffer[:CHUNK_BYTES]))
                del buffer[:CHUNK_BYTES]
                count += 1
        if buffer:
            await self._write_chunk(id_, count, bytes(buffer))
        # Last, as the specification requires: a file document implies that all its chunks exist.
        await self._files.insert_one(
            {"_id": id_, "length": length, "chunkSize": CHUNK_BYTES, "uploadDate": clock.now(), "filename": str(id_)}
        )

    async def _write_chunk(self, id_: UUID, n: int, data: bytes) -> None:
        await self._chunks.insert_one({"files_id": id_, "n": n, "data": Binary(data)})

    async def read(self, id_: UUID) -> AsyncIterator[bytes]:
        """As `Storage` says. Each chunk is one query: a reader that disconnects leaves no cursor open."""
        file = await self._files.find_one({"_id": id_})
        if file is None:
            raise NotFound(f"There is no content {id_}.")
        for n in range(-(-file["length"] // file["chunkSize"])):
            chunk = await self._chunks.find_one({"files_id": id_, "n": n})
            if chunk is None:
                raise LookupError(f"chunk {n} of {id_} is missing")
            yield chunk["data"]

    async def remove(self, id_: UUID) -> None:
        """As `Storage` says. Chunks without a file document are not readable."""
        await self._files.delete_one({"_id": id_})
        await self._chunks.delete_many({"files_id": id_})
