"""Content in MongoDB, laid out as GridFS says, so that every tool for GridFS can read it.

The driver's own writer holds back up to 48 MB before it sends anything. A file of 25 MB would be in memory as a whole,
so the chunks are written here. (https://github.com/mongodb/specifications/blob/master/source/gridfs/gridfs-spec.md)
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
"""As the specification recommends: a chunk and its frame fit into 256 kB."""


class GridFs:
    """The bucket `contents`."""

    def __init__(self, db: Database) -> None:
        self._files = db[FILES]
        self._chunks = db[CHUNKS]

    async def keep(self, id_: UUID, content: AsyncIterator[bytes]) -> None:
        """As `Storage` says."""
        try:
            await self._write(id_, content)
        except Exception:
            await self.remove(id_)
            raise

    async def _write(self, id_: UUID, content: AsyncIterator[bytes]) -> None:
        held = bytearray()
        length = count = 0
        async for piece in content:
            held += piece
            length += len(piece)
            while len(held) >= CHUNK_BYTES:
                await self._write_chunk(id_, count, bytes(held[:CHUNK_BYTES]))
                del held[:CHUNK_BYTES]
                count += 1
        if held:
            await self._write_chunk(id_, count, bytes(held))
        # Last, as the specification asks: where this document is, all chunks are.
        await self._files.insert_one(
            {"_id": id_, "length": length, "chunkSize": CHUNK_BYTES, "uploadDate": clock.now(), "filename": str(id_)}
        )

    async def _write_chunk(self, id_: UUID, n: int, data: bytes) -> None:
        await self._chunks.insert_one({"files_id": id_, "n": n, "data": Binary(data)})

    async def read(self, id_: UUID) -> AsyncIterator[bytes]:
        """As `Storage` says. Each chunk is a query of its own: a reader who goes away leaves no cursor open."""
        kept = await self._files.find_one({"_id": id_})
        if kept is None:
            raise NotFound(f"There is no content {id_}.")
        for n in range(-(-kept["length"] // kept["chunkSize"])):
            chunk = await self._chunks.find_one({"files_id": id_, "n": n})
            if chunk is None:
                raise LookupError(f"chunk {n} of {id_} is missing")
            yield chunk["data"]

    async def remove(self, id_: UUID) -> None:
        """As `Storage` says. Without its file, chunks are no content."""
        await self._files.delete_one({"_id": id_})
        await self._chunks.delete_many({"files_id": id_})
