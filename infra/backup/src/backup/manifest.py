"""The manifest of an archive: what it contains, with counts and hashes."""

from datetime import datetime
from typing import Literal, Self

from pydantic import BaseModel, ValidationError

from backup.archive import InvalidArchive


class Content(BaseModel):
    """One collection or stream. The hash is that of all documents or messages, one after another."""

    count: int
    sha256: str
    options: str = ""
    """Options and `indexes` of a collection, in extended JSON."""


class Manifest(BaseModel):
    """`contents` has the keys `mongo/<database>/<collection>` and `nats/<stream>`, the directories of the archive."""

    format: Literal[1] = 1
    taken_at: datetime
    cluster_time: tuple[int, int]
    """Seconds and increment: MongoDB's clock at the time of the snapshot."""
    replay_since: datetime
    """Consumers may not have processed later events."""
    contents: dict[str, Content]

    @property
    def documents(self) -> int:
        return sum(content.count for key, content in self.contents.items() if key.startswith("mongo/"))

    def to_json(self) -> bytes:
        return self.model_dump_json(indent=2).encode()

    @classmethod
    def from_json(cls, text: bytes) -> Self:
        """Raises InvalidArchive."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise InvalidArchive(f"the manifest is invalid or of a later version: {error}") from None
